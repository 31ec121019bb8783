"""Golden values for decoding: what Pillow's BICUBIC makes of the drawn pictures in test/golden/preprocess.

Needs Pillow >= 13 (earlier ones always resize horizontally first, which matters only where one side is
enlarged and the other reduced). Run after draw-pictures.ts: python scripts/golden/make-pillow.py
"""

import base64
import json
import pathlib

import PIL
from PIL import Image

FOLDER = pathlib.Path(__file__).parents[2] / "test" / "golden" / "preprocess"
CASES = [
    ("bcc-200x150.jpg", 125, 100),
    ("bcc-200x150.jpg", 224, 224),
    ("bcc-200x150.jpg", 224, 100),
    ("bcc-200x150.jpg", 100, 224),
    ("bkl-450x338.jpg", 125, 100),
    ("bkl-450x338.jpg", 224, 224),
    ("bkl-450x338.jpg", 56, 45),
    ("bcc-90x70.png", 125, 100),
]
CROP_WIDTH, CROP_HEIGHT = 40, 32

cases = []
for file, width, height in CASES:
    with Image.open(FOLDER / file) as picture:
        resized = picture.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    crops = []
    for left, top in [(0, 0), ((width - CROP_WIDTH) // 2, (height - CROP_HEIGHT) // 2)]:
        crop = resized.crop((left, top, left + CROP_WIDTH, top + CROP_HEIGHT))
        crops.append({"left": left, "top": top, "rgb": base64.b64encode(crop.tobytes()).decode()})
    cases.append({"file": file, "width": width, "height": height, "crops": crops})

golden = {"pillow": PIL.__version__, "cropWidth": CROP_WIDTH, "cropHeight": CROP_HEIGHT, "cases": cases}
(FOLDER / "pillow.json").write_text(json.dumps(golden, indent=1) + "\n")
print(f"{len(cases)} cases written")
