#!/usr/bin/env bash
# For a person with an NVIDIA card (Linux, x86-64): sets up the GPU build, shows what the doctor finds, and fills the GPU's table in
# docs/benchmarks.md. About 7 GB to download the first time, and an hour. Parameters go to the benchmark: bench/gpu.sh --quick
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."

if ! command -v nvidia-smi >/dev/null; then
  echo "There is no nvidia-smi on PATH, so no NVIDIA driver. Install the driver (525.60 or newer), then run bench/gpu.sh again." >&2
  exit 1
fi
nvidia-smi
npm run setup -- --gpu
npm run -s doctor
npm run -s bench -- --gpu --write "$@"
