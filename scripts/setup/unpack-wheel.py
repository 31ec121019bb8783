"""Unpacks the wanted part of a wheel: unpack-wheel.py WHEEL FOLDER PREFIX...

A wheel is a zip file. Only members whose path starts with one of the prefixes are written, with their
permission bits; zipfile refuses paths that lead out of FOLDER. Run by scripts/setup/wheel.mjs.
"""

import os
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if member.is_dir() or not member.filename.startswith(tuple(prefixes)):
            continue
        path = archive.extract(member, folder)
        mode = member.external_attr >> 16
        if mode & 0o111:
            os.chmod(path, 0o755)
