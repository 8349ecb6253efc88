#!/usr/bin/env bash
# Runs the tests that take too long for `make test` and writes the result to docs/internals/test-long.md. `make test-long` calls it.
# SEED is the first seed. It defaults to the number of the day, so that each day has a different seed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
page=docs/internals/test-long.md
marker='<!-- result, written by `make test-long` -->'
output=target/test-long
seed=${SEED:-$(($(date +%s) / 86400))}
cycles=${CYCLES:-300}
outage_seconds=${OUTAGE_SECONDS:-30}
hostile_seconds=${HOSTILE_SECONDS:-60}
# The tests of the suite that have a seed.
seeded=(a_flood_of_malformed_requests a_hundred_thousand_hostile_visits)
seeds=$(seq "$seed" $((seed + 4)))
kinds="sqlite postgres mariadb"
rows=""
figures=""
failed=0

# Runs a part: its output goes to a file, its outcome and minutes to the table.
part() {
    local name=$1 begin=$SECONDS outcome=passed
    shift
    echo "$name: $*"
    "$@" >"$output/$name.txt" 2>"$output/$name.err" || { outcome=FAILED failed=1; tail -n 20 "$output/$name.err"; }
    rows+="| $name | $outcome | $(awk "BEGIN { printf \"%.1f\", ($SECONDS - $begin) / 60 }") |"$'\n'
}

# Runs a part of the torture, and adds its figures to the page.
torture() {
    part "$1" target/debug/s2s-torture "${@:2}"
    figures+=$'\n'"$1:"$'\n\n```text\n'"$(cat "$output/$1.txt")"$'\n```\n'
}

# Runs the tests that have a seed on a kind of database. Fails unless all of them run: if the name of a test has
# changed, cargo would skip the test silently.
seeded_tests() {
    local database=()
    [ "$1" = sqlite ] || database=(target/debug/s2s-databases "$1")
    env S2S_TESTS_SEED="$2" "${database[@]}" cargo test --locked -p s2s-tests --test suite -- "${seeded[@]}" |
        tee "$output/seeded.txt"
    grep -q "^test result: ok. ${#seeded[@]} passed" "$output/seeded.txt"
}

rm -rf "$output"
mkdir -p "$output"
for kind in $kinds; do
    torture "torture-$kind" "$kind" "$cycles" "$seed"
    torture "outage-$kind" outage "$kind" "$outage_seconds"
done
for kind in sqlite postgres; do torture "hostile-$kind" hostile "$kind" "$hostile_seconds"; done
torture edge edge "$outage_seconds"
for number in $seeds; do
    for kind in $kinds; do part "suite-$kind-seed-$number" seeded_tests "$kind" "$number"; done
done

changed=$(git diff --quiet HEAD -- . ':!docs' || echo ", with changes that are not committed")
{
    sed "/^$marker\$/q" "$page"
    echo
    echo "Commit $(git rev-parse HEAD)$changed, $(date -u +%Y-%m-%d), seeds ${seeds//$'\n'/, }."
    echo "$cycles cycles on each database, outages of $outage_seconds s, attackers for $hostile_seconds s, $((SECONDS / 60)) minutes in all."
    echo
    echo "| part | outcome | minutes |"
    echo "|---|---|---|"
    printf '%s' "$rows"
    printf '%s' "$figures"
} >"$output/page.md"
cp "$output/page.md" "$page"
echo "written to $page"
exit "$failed"
