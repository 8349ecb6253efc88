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
stopped_seconds=${STOPPED_SECONDS:-360}
simulation_seeds=${SIMULATION_SEEDS:-5000}
# The tests of the suite that have a seed.
seeded=(a_flood_of_malformed_requests a_hundred_thousand_hostile_visits
    random_lives_of_conversions_are_those_of_the_books a_report_is_what_brute_force_finds_at_every_step
    an_acknowledged_click_is_in_the_next_report_of_every_server)
# The numbers of lives, of histories and of clicks of the last three.
lives=${LIVES:-10000}
histories=${HISTORIES:-200}
fresh=${FRESH:-2000}
seeds=$(seq "$seed" $((seed + 4)))
kinds="sqlite postgres mariadb"
# The number of parts, all of which must pass.
parts=32

# Runs a part: its output goes to a file, and so does its row of the table, with its outcome and minutes.
part() {
    local name=$1 begin=$SECONDS outcome=passed
    shift
    echo "$name: $*"
    "$@" >"$output/$name.txt" 2>"$output/$name.err" || { outcome=FAILED; tail -n 20 "$output/$name.err"; }
    echo "| $name | $outcome | $(awk "BEGIN { printf \"%.1f\", ($SECONDS - $begin) / 60 }") |" >>"$output/$BASHPID.rows"
}

# Runs a part of the torture, whose figures go to the page.
torture() {
    part "$1" target/debug/s2s-torture "${@:2}"
    {
        printf '\n%s:\n\n```text\n' "$1"
        cat "$output/$1.txt"
        printf '```\n'
    } >>"$output/$BASHPID.figures"
}

# Runs the tests that have a seed on a kind of database. Fails unless all of them run: if the name of a test has
# changed, cargo would skip the test silently.
seeded_tests() {
    local database=()
    [ "$1" = sqlite ] || database=(target/debug/s2s-databases "$1")
    env S2S_TESTS_SEED="$2" S2S_LIVES="$lives" S2S_TESTS_HISTORIES="$histories" S2S_TESTS_FRESH="$fresh" \
        "${database[@]}" cargo test --locked --workspace --test suite -- "${seeded[@]}" |
        tee "$output/seeded-$1.txt"
    grep -q "^test result: ok. ${#seeded[@]} passed" "$output/seeded-$1.txt"
}

# Runs the simulation with many seeds. Fails unless the test has run, and has run that many seeds.
simulation() {
    local first=$(($1 * $2))
    env S2S_SIMULATION_SEED="$first" S2S_SIMULATION_SEEDS="$2" \
        cargo test --locked --workspace --lib -- --exact --nocapture \
        simulation::servers_keep_their_promises_under_faults 2>&1 | tee "$output/simulation-seeds.txt"
    grep -q "^test result: ok. 1 passed" "$output/simulation-seeds.txt" &&
        grep -q "seeds $first to $((first + $2 - 1)): no fault" "$output/simulation-seeds.txt"
}

# The parts with a bound for the memory or for a delay, which other programs at the same time would exceed: what has no
# processor waits in memory.
alone() {
    for kind in sqlite postgres; do torture "hostile-$kind" hostile "$kind" "$hostile_seconds"; done
    part console make -C sdk/console tools test-long
}

# The parts that use the processors most.
loads() {
    for kind in $kinds; do
        torture "torture-$kind" "$kind" "$cycles" "$seed"
        torture "outage-$kind" outage "$kind" "$outage_seconds"
        torture "stalls-$kind" stalls "$kind"
    done
    torture edge edge "$outage_seconds"
    for number in $seeds; do
        for kind in $kinds; do part "suite-$kind-seed-$number" seeded_tests "$kind" "$number"; done
    done
}

# The parts that mostly wait, or use one processor.
waits() {
    for kind in $kinds; do torture "stopped-$kind" stopped "$kind" "$stopped_seconds"; done
    part simulation simulation "$seed" "$simulation_seeds"
}

rm -rf "$output"
mkdir -p "$output"
chains=()
alone &
chains+=("$output/$!")
wait
for chain in loads waits; do
    $chain &
    chains+=("$output/$!")
done
wait

changed=$(git diff --quiet HEAD -- . ':!docs' || echo ", with changes that are not committed")
{
    sed "/^$marker\$/q" "$page"
    echo
    echo "Commit $(git rev-parse HEAD)$changed, $(date -u +%Y-%m-%d), seeds ${seeds//$'\n'/, }."
    echo "$cycles cycles on each database, outages of $outage_seconds s, attackers for $hostile_seconds s, servers stopped for $stopped_seconds s, $((SECONDS / 60)) minutes in all."
    echo
    echo "| part | outcome | minutes |"
    echo "|---|---|---|"
    cat "${chains[@]/%/.rows}"
    cat "${chains[@]/%/.figures}"
} >"$output/page.md"
cp "$output/page.md" "$page"
echo "written to $page"
passed=$(cat "${chains[@]/%/.rows}" | grep -c '| passed |')
[ "$passed" -eq "$parts" ]
