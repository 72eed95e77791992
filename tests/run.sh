#!/usr/bin/env bash
# Builds Daftar and passes every test: the one command before a change is handed in.
#
#   tests/run.sh          formatting; GCC release build with the drills and the tests of whole
#                         programs; clang with ASan and UBSan (unit tests, fuzz replay); TSan
#                         (storage, ledger); clang-tidy and self-sufficient headers on changes
#   tests/run.sh --long   the same, slow tests at full count (DAFTAR_LONG=1), unit tests also as
#                         GCC optimises them, and all headers
#
# Installs the Debian packages it needs (root or sudo). Build trees are kept in build/, so the
# second run is short. The last line is the sum: `N passed, N failed, N skipped`.
#
# DAFTAR_TIDY_SECONDS (default 600) bounds clang-tidy; what it leaves out is printed.
# shellcheck disable=SC2317  # the steps are called by name
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for argument in "$@"; do
  case "$argument" in
    --long) export DAFTAR_LONG=1 ;;
    -h | --help)
      sed -n '2,/^# DAFTAR_TIDY/s/^# \{0,1\}//p' tests/run.sh
      exit 0
      ;;
    *)
      echo "run.sh: unknown option '$argument' (try --help)" >&2
      exit 64
      ;;
  esac
done

# Leaves the machine usable while it works.
renice -n 10 -p $$ >/dev/null

# One job for each processor, but no more than memory allows at 2 GiB each.
count_jobs() {
  local cpus kib limit jobs
  cpus=$(nproc)
  kib=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < kib)); then kib=$((limit / 1024)); fi
  jobs=$((kib / (2 * 1024 * 1024)))
  ((jobs > cpus)) && jobs=$cpus
  ((jobs < 1)) && jobs=1
  echo "$jobs"
}
jobs=$(count_jobs)

results=build/test-results
rm -rf "$results"
mkdir -p "$results"

# The sanitizers of clang 14 want their shadow memory where a kernel with wide address
# randomisation may have put something else; without randomisation there is no such clash.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >"$results/$preset-configure.log"
  "${fixed_addresses[@]}" cmake --build --preset "$preset" -j "$jobs" --target "$@" -- --quiet
}

# run_tests PRESET [CTEST OPTION...]: shows what does not pass; the report is counted at the end.
run_tests() {
  local preset=$1
  shift
  set +e
  "${fixed_addresses[@]}" ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure \
    --no-tests=error --output-junit "$PWD/$results/$preset.xml" "$@" 2>&1 |
    tee "$results/$preset.log" |
    grep --line-buffered -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ +Test +#[0-9]+: .* Passed )'
  return "${PIPESTATUS[0]}"
}

check_format() {
  # Files not yet added count too: what is about to be committed is what matters.
  local file files=()
  while IFS= read -r -d '' file; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done < <(git ls-files -z --cached --others --exclude-standard -- \
    {crypto,storage,node,cli,tests}/'*.cc' {crypto,storage,node,cli,tests}/'*.h')
  echo "${#files[@]} files"
  [ "${#files[@]}" -gt 0 ]
  printf '%s\0' "${files[@]}" | xargs -0 -n 32 -P "$jobs" clang-format --dry-run -Werror
}

# What clang's trees test is built once more only where there is time for it: compiling a test costs
# more than all of them take to run.
release() {
  if [ -n "${DAFTAR_LONG:-}" ]; then
    build release all all_verify_interface_header_sets
    run_tests release
  else
    build release drill_tests integration_tests bench_tests
    run_tests release -L '^(drill|integration)$'
  fi
}

asan() {
  build asan unit_tests fuzz_tests
  UBSAN_OPTIONS=print_stacktrace=1 run_tests asan -L '^(unit|fuzz)$'
}

tsan() {
  build tsan tsan_tests
  TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1 run_tests tsan -L '^tsan$'
}

tidy() {
  cmake --preset asan >"$results/tidy-configure.log"
  python3 -B tests/tools/headers_changed.py --tree build/asan --jobs "$jobs"
  python3 -B tests/tools/tidy_changed.py --tree build/asan --jobs "$jobs" \
    --seconds "${DAFTAR_TIDY_SECONDS:-600}"
}

table=()
failed_steps=0

# step TITLE FUNCTION: announces, times and records; a step that fails does not stop the others.
step() {
  local start=$SECONDS status word=ok
  printf '\n== %s\n' "$1"
  set +e
  (
    set -e
    "$2"
  )
  status=$?
  set -e
  if ((status != 0)); then
    word=FAILED
    failed_steps=$((failed_steps + 1))
  fi
  table+=("$(printf '%-52s %6d s  %s' "$1" $((SECONDS - start)) "$word")")
  return 0
}

packages() { ./deploy/install-deps.sh --test; }

step "Debian packages" packages
if ((failed_steps == 0)); then
  step "clang-format" check_format
  step "GCC release: build, drills, whole programs" release
  step "clang ASan+UBSan: build, unit tests, fuzz replay" asan
  step "clang TSan: build, storage and ledger tests" tsan
  step "clang-tidy and headers on changes" tidy
fi

printf '\n== Result (%s, %d jobs)\n' "$([ -n "${DAFTAR_LONG:-}" ] && echo long || echo normal)" "$jobs"
printf '%s\n' "${table[@]}"
printf '%-52s %6d s\n\n' total "$SECONDS"
status=0
python3 -B tests/tools/count_results.py --failed-steps "$failed_steps" "$results" || status=1
exit "$status"
