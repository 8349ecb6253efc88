#!/usr/bin/env bash
# Prints the minutes of each part of `make test` beside its budget, then the parts that are over
# their budgets. A part that is over its budget is not a failure, because the times depend on the
# machine, too.
set -euo pipefail
awk -F '[\t=]' '
    FILENAME ~ /budget.toml$/ { if (/^[a-z]/) { gsub(/[ \t]/, ""); budget[$1] = $2 } next }
    { parts[++count] = $1; seconds[$1] = $2; total += $2 }
    END {
        parts[++count] = "total"; seconds["total"] = total
        printf "\n%-18s %8s %8s\n", "part", "minutes", "budget"
        for (number = 1; number <= count; number++) {
            part = parts[number]
            printf "%-18s %8.1f %8s\n", part, seconds[part] / 60, part in budget ? sprintf("%.1f", budget[part] / 60) : "none"
            if (part in budget && seconds[part] > budget[part]) over = over " " part
        }
        print over ? "over budget:" over : "no part is over its budget"
    }' tests/budget.toml target/minutes.tsv
