#!/usr/bin/env bash
# From a fresh Debian 12 to a running demonstration: installs the packages, builds the two programs,
# and plays the story of three shops and a buyer with real nodes on this machine.
#
#   deploy/quickstart.sh             install, build, demonstrate
#   deploy/quickstart.sh --keep      the same, and keep the demonstration's folder
#
# Needs root or sudo for the packages, about 2 GiB of disk and, the first time, some minutes.
# It writes build/release only; what tests/run.sh built there is used and left usable.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

demo_options=()
for argument in "$@"; do
  case "$argument" in
    --keep) demo_options+=(--keep) ;;
    -h | --help)
      sed -n '2,/^# It writes/s/^# \{0,1\}//p' deploy/quickstart.sh
      exit 0
      ;;
    *)
      echo "quickstart.sh: unknown option '$argument' (try --help)" >&2
      exit 64
      ;;
  esac
done

tree=build/release
began=$SECONDS
step() { printf '\n[%s] %s\n' "$1" "$2"; }
# give_up WHAT ADVICE...
give_up() {
  printf '\nquickstart.sh: %s\n' "$1" >&2
  shift
  printf '  - %s\n' "$@" >&2
  exit 70
}

step 1/4 "Debian packages"
deploy/install-deps.sh || give_up "the packages could not be installed" \
  "run it as root, or as a user who may use sudo" \
  "check that this machine reaches its Debian mirror: apt-get update" \
  "Daftar is built on Debian 12 (bookworm); elsewhere package names differ"

# One compiler for each processor, but no more than memory allows at 2 GiB each.
jobs=$(nproc)
by_memory=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) / (2 * 1024 * 1024)))
[ "$by_memory" -lt "$jobs" ] && jobs=$by_memory
[ "$jobs" -lt 1 ] && jobs=1

step 2/4 "Preparing the build in $tree"
# The tests' packages are not needed here. A tree that was prepared with tests keeps them; where
# they are left out, that is not remembered, so that tests/run.sh finds its default afterwards.
cache=$tree/CMakeCache.txt
options=()
grep -q '^DAFTAR_TESTS:BOOL=ON' "$cache" 2>/dev/null || options+=(-DDAFTAR_TESTS=OFF)
mkdir -p build
log=$(mktemp build/quickstart-XXXXXX.log)
trap 'rm -f "$log"' EXIT
cmake --preset release "${options[@]}" -Wno-dev >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  give_up "the build could not be prepared; the last lines of the log stand above" \
    "if the tree is from another version or place, remove it: rm -r $tree"
}
if [ "${#options[@]}" -gt 0 ]; then
  touch -r "$cache" "$log"
  # With the comment above it: CMake does not read a cache in which a comment has no entry.
  sed -i -z 's|\n//[^\n]*\nDAFTAR_TESTS:[^\n]*||' "$cache"
  touch -r "$log" "$cache" # an older time, or the build would be prepared once more
fi

step 3/4 "Building daftard and daftar with $jobs jobs (minutes the first time, seconds later)"
cmake --build "$tree" --target daftard daftar -j "$jobs" || give_up "the build failed" \
  "'Killed' or 'cannot allocate memory' above means too little memory: close programs, or run" \
  "  cmake --build $tree --target daftard daftar -j 1   and start this again" \
  "'No space left on device' means a full disk: about 2 GiB are needed under build/"

step 4/4 "The demonstration"
"$tree/bin/daftar" demo "${demo_options[@]}" || give_up "the demonstration did not come out as told" \
  "the step marked [NOT AS TOLD] above says what was expected and what came" \
  "keep the nodes' folders and logs for a report: $tree/bin/daftar demo --keep"

printf '\nDone in %s s. The programs are %s/bin/daftard and %s/bin/daftar.\n' \
  "$((SECONDS - began))" "$tree" "$tree"
printf 'Next: README.md (set up a node of your own), or %s/bin/daftar --help\n' "$tree"
