#!/usr/bin/env bash
# Installs the Debian 12 packages that Daftar is built, tested and run with.
#
#   deploy/install-deps.sh            what a build and `daftar demo` need
#   deploy/install-deps.sh --test     also what tests/run.sh needs (clang, sanitizers, tools), and
#                                     Go for one of them, if it can be had
#   deploy/install-deps.sh --interop  Go and its x/mod alone, which that test reads the log with
#
# Needs root or sudo. Does nothing, quickly, when everything is there already.
set -euo pipefail

build=(
  g++ cmake ninja-build pkg-config ccache git lld
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  librocksdb-dev libsodium-dev libssl-dev
  libspdlog-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev
  prometheus-cpp-dev libboost-dev libcurl4-openssl-dev
)
# Builds the console. One that is there already, from wherever, is as good.
least_node=18
if ! node -e "process.exit(parseInt(process.versions.node) < $least_node ? 1 : 0)" 2>/dev/null ||
  ! command -v npm >/dev/null; then
  build+=(nodejs npm)
fi
test=(
  libgtest-dev libgmock-dev libbenchmark-dev
  clang clang-tidy clang-format libclang-rt-14-dev llvm
  python3 python3-nacl python3-protobuf openssl curl jq procps iproute2 gnuplot-nox chromium
)
# One test needs them and says so where they are not there: a want of them stops nothing.
optional=(golang-go golang-golang-x-mod-dev)

packages=("${build[@]}")
case "${1:-}" in
  "") ;;
  --test)
    packages+=("${test[@]}")
    "$0" --interop || echo "install-deps.sh: without ${optional[*]}: one test is skipped." >&2
    ;;
  --interop) packages=("${optional[@]}") ;;
  -h | --help)
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  *)
    echo "install-deps.sh: unknown option '$1' (try --help)" >&2
    exit 64
    ;;
esac

if ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release 2>/dev/null; then
  echo "install-deps.sh: this is not Debian 12 (bookworm); package names may differ." >&2
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
  echo "All ${#packages[@]} Debian packages are installed."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps.sh: run it as root or install sudo; missing: ${missing[*]}" >&2
    exit 77
  fi
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends "${missing[@]}"
