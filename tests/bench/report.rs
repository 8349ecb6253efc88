//! The printed report. It uses integers only: thousandths for fractions.

use std::time::Duration;

use crate::{Result, Workload, load::Sample, open::Second};

/// A line of the table.
pub struct Row {
    pub workload: Workload,
    /// The samples, one for each round.
    pub samples: Vec<Sample>,
}

impl Row {
    pub fn new(workload: Workload) -> Self {
        Self { workload, samples: Vec::new() }
    }

    /// The latencies of all rounds, sorted.
    fn latencies_us(&self) -> Vec<u32> {
        let mut latencies: Vec<u32> =
            self.samples.iter().flat_map(|sample| &sample.latencies_us).copied().collect();
        latencies.sort_unstable();
        latencies
    }

    /// The sum of a field over all rounds, for 1,000 items, in thousandths.
    fn per_1_000(&self, field: impl Fn(&Sample) -> u64) -> u64 {
        let items: u64 = self.samples.iter().map(|sample| sample.items).sum();
        self.samples.iter().map(field).sum::<u64>() * 1_000_000 / items.max(1)
    }
}

/// Prints the machine and the database that were measured. `database` is the database's URL.
pub fn machine(database: &str, disk_write: Duration) -> Result<()> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown CPU", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    let database = database.split_once(':').map_or(database, |(kind, _)| kind);
    println!("{model}, {cores} cores, for server, database and load generator together; {database}");
    println!("the disk takes {} ms to make 4 KiB durable", thousandths(micros(disk_write)));
    Ok(())
}

/// Prints rate, latency and cost of each workload.
pub fn table(rows: &[Row]) {
    println!(
        "{:<33}{:>7}{:>24}{:>30}{:>33}",
        "", "in", "items per second", "latency of a call, ms", "CPU ms / 1,000 items"
    );
    println!(
        "{:<33}{:>7}{:>10}{:>14}{:>10}{:>10}{:>10}{:>11}{:>11}{:>11}",
        "", "flight", "median", "min-max", "p50", "p99", "p99.9", "server", "database", "generator"
    );
    for row in rows {
        let mut rates: Vec<u64> = row.samples.iter().map(Sample::rate).collect();
        let (median, range) = (median(&mut rates), range(&rates, u64::to_string));
        let latencies = row.latencies_us();
        let latency = |per_mille: usize| thousandths(quantile(&latencies, per_mille).into());
        println!(
            "{:<33}{:>7}{:>10}{:>14}{:>10}{:>10}{:>10}{:>11}{:>11}{:>11}",
            row.workload.name(),
            row.workload.in_flight(),
            median,
            range,
            latency(500),
            latency(990),
            latency(999),
            tenths(row.per_1_000(|sample| sample.server_cpu_ms)),
            tenths(row.per_1_000(|sample| sample.database_cpu_ms)),
            tenths(row.per_1_000(|sample| sample.own_cpu_ms)),
        );
    }
    println!();
}

/// Prints the answers to a load at a given rate, second by second.
pub fn open(seconds: &[Second]) {
    println!(
        "{:>6}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}  (latency from the due time, ms)",
        "second", "judged", "queued", "refused", "p50", "p99", "max"
    );
    let line = |name: &str, second: &Second| {
        let latency = |per_mille: usize| thousandths(quantile(&second.latencies_us, per_mille).into());
        let (judged, queued, refused) = (second.judged, second.queued, second.refused);
        let (p50, p99, max) = (latency(500), latency(990), latency(1_000));
        println!("{name:>6}{judged:>10}{queued:>10}{refused:>10}{p50:>10}{p99:>10}{max:>10}");
    };
    let mut all = Second::default();
    for (number, second) in seconds.iter().enumerate() {
        line(&number.to_string(), second);
        all.latencies_us.extend(&second.latencies_us);
        all.judged += second.judged;
        all.queued += second.queued;
        all.refused += second.refused;
    }
    all.latencies_us.sort_unstable();
    line("all", &all);
}

/// Prints a line on the delays of events.
pub fn delays(name: &str, delays: impl Iterator<Item = Duration>) {
    let mut delays: Vec<u32> =
        delays.map(|delay| u32::try_from(delay.as_micros()).unwrap_or(u32::MAX)).collect();
    delays.sort_unstable();
    let [p50, p99, max] = [500, 990, 1_000].map(|per_mille| thousandths(quantile(&delays, per_mille).into()));
    println!("{name:<58}{p50:>10}{p99:>10}{max:>10}");
}

/// Prints the rates of a load with different things beside it. Compares each with the first, round by
/// round.
pub fn beside(lines: &[(&str, &[Sample])]) {
    println!(
        "{:<33}{:>12}{:>9}{:>14}{:>11}{:>11}{:>11}",
        "", "items/s", "ratio", "min-max", "server", "database", "generator"
    );
    let base: &[Sample] = lines.first().map(|(_, samples)| *samples).unwrap_or_default();
    for (name, samples) in lines {
        let mut rates: Vec<u64> = samples.iter().map(Sample::rate).collect();
        let rounds = samples.iter().zip(base);
        let mut ratios: Vec<u64> =
            rounds.map(|(sample, base)| sample.rate() * 1_000 / base.rate().max(1)).collect();
        let (rate, ratio) = (median(&mut rates), thousandths(median(&mut ratios)));
        let range = range(&ratios, |ratio| thousandths(*ratio));
        let items = samples.iter().map(|sample| sample.items).sum::<u64>().max(1);
        let cpu =
            |field: fn(&Sample) -> u64| tenths(samples.iter().map(field).sum::<u64>() * 1_000_000 / items);
        let server = cpu(|sample| sample.server_cpu_ms);
        let database = cpu(|sample| sample.database_cpu_ms);
        let own = cpu(|sample| sample.own_cpu_ms);
        println!("{name:<33}{rate:>12}{ratio:>9}{range:>14}{server:>11}{database:>11}{own:>11}");
    }
    println!("(the last three: CPU ms / 1,000 items)");
}

/// Compares each workload with its baseline, round by round.
pub fn comparison(rows: &[Row], compared: &[(Workload, Workload)]) {
    println!("{:<70}{:>7}{:>14}{:>14}", "", "rate", "min-max", "server CPU");
    let find = |workload| rows.iter().find(|row| row.workload == workload);
    for (workload, base) in compared {
        let (Some(row), Some(base)) = (find(*workload), find(*base)) else { continue };
        let rounds = row.samples.iter().zip(&base.samples);
        let mut ratios: Vec<u64> =
            rounds.map(|(sample, base)| sample.rate() * 1_000 / base.rate().max(1)).collect();
        let ratio = thousandths(median(&mut ratios));
        let cpu = |row: &Row| row.per_1_000(|sample| sample.server_cpu_ms);
        // A workload of the database alone uses no CPU time of the server.
        let times = if cpu(base) == 0 { String::new() } else { tenths(cpu(row) * 1_000 / cpu(base)) };
        let what = format!("{} / {}", row.workload, base.workload);
        println!("{what:<70}{ratio:>7}{:>14}{times:>14}", range(&ratios, |ratio| thousandths(*ratio)));
    }
    println!();
}

/// Compares the median latency of a lone call with the sum of the median latencies of its parts.
pub fn lone_call(rows: &[Row], call: Workload, parts: [Workload; 2]) {
    let median_us = |workload| {
        let row = rows.iter().find(|row| row.workload == workload)?;
        Some(u64::from(quantile(&row.latencies_us(), 500)))
    };
    let [Some(call_us), Some(first_us), Some(second_us)] = [call, parts[0], parts[1]].map(median_us) else {
        return;
    };
    println!(
        "a lone {} takes {} times as long as a {} ({} ms) and a {} ({} ms) together",
        call.name(),
        thousandths(call_us * 1_000 / (first_us + second_us).max(1)),
        parts[0].name(),
        thousandths(first_us),
        parts[1].name(),
        thousandths(second_us)
    );
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The median; sorts the values.
fn median(values: &mut [u64]) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The range of sorted values, as text.
fn range(sorted: &[u64], text: impl Fn(&u64) -> String) -> String {
    let ends = sorted.first().zip(sorted.last());
    ends.map(|(first, last)| format!("{}-{}", text(first), text(last))).unwrap_or_default()
}

/// The smallest value that at least `per_mille` thousandths of the sorted values do not exceed.
fn quantile(sorted: &[u32], per_mille: usize) -> u32 {
    let rank = (sorted.len() * per_mille).div_ceil(1_000);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// A number of thousandths as a decimal fraction.
fn thousandths(number: u64) -> String {
    format!("{}.{:03}", number / 1_000, number % 1_000)
}

/// A number of thousandths with one digit after the point, rounded down.
fn tenths(number: u64) -> String {
    format!("{}.{}", number / 1_000, number % 1_000 / 100)
}
