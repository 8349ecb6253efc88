//! Figures of a process, from `/proc`.

use std::fs::{read_dir, read_to_string, write};

use crate::Result;

/// Milliseconds per tick: `/proc` has CPU time in hundredths of a second on every machine.
const MS_PER_TICK: u64 = 10;
/// Index of the parent in `/proc/<pid>/stat`, counted after the program's name.
const PARENT_INDEX: usize = 1;
/// Index of the user time. The system time and both times of ended children follow it.
const USER_TIME_INDEX: usize = 11;
/// The names of the database servers' programs.
const DATABASES: [&str; 2] = ["postgres", "mariadbd"];

/// CPU time of the process, in milliseconds.
pub fn cpu_ms(process: u32) -> Result<u64> {
    let stat = read_to_string(format!("/proc/{process}/stat"))?;
    times(&stat, 2)
}

/// CPU time of all processes of the database server that `s2s-databases` started beside this
/// process, in milliseconds.
pub fn database_cpu_ms() -> Result<u64> {
    let (mut ours, mut sum) = (vec![parent(&read_to_string("/proc/self/stat")?)?], 0);
    let mut others = Vec::new();
    for entry in read_dir("/proc")? {
        // A process may end at any moment.
        let Ok(stat) = read_to_string(entry?.path().join("stat")) else { continue };
        if DATABASES.iter().any(|name| stat.contains(&format!("({name})"))) {
            others.push(stat);
        }
    }
    // Each pass finds the children of the processes that the passes before have found.
    loop {
        let (children, rest): (Vec<String>, Vec<String>) =
            others.into_iter().partition(|stat| parent(stat).is_ok_and(|parent| ours.contains(&parent)));
        if children.is_empty() {
            return Ok(sum);
        }
        for stat in &children {
            sum += times(stat, 4)?;
            ours.extend(stat.split(' ').next().and_then(|id| id.parse::<u32>().ok()));
        }
        others = rest;
    }
}

/// The sum of the first `count` times in a `stat` file, in milliseconds.
fn times(stat: &str, count: usize) -> Result<u64> {
    let times = fields(stat)?.skip(USER_TIME_INDEX).take(count);
    let ticks: u64 = times.map(str::parse::<u64>).sum::<std::result::Result<_, _>>()?;
    Ok(ticks * MS_PER_TICK)
}

fn parent(stat: &str) -> Result<u32> {
    Ok(fields(stat)?.nth(PARENT_INDEX).ok_or("/proc/<pid>/stat is too short")?.parse()?)
}

fn fields(stat: &str) -> Result<impl Iterator<Item = &str>> {
    // The name is in parentheses and may itself contain blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/<pid>/stat has no name")?;
    Ok(fields.split_whitespace())
}

/// Sets the peak of a process's memory, `VmHWM`, to its present memory, which it returns, in KiB.
pub fn forget_peak(process: u32) -> Result<u64> {
    write(format!("/proc/{process}/clear_refs"), "5")?;
    memory_kib(process, "VmRSS")
}

/// A figure of `/proc/<pid>/status`, in KiB: `VmRSS` is the current memory, `VmHWM` its peak.
pub fn memory_kib(process: u32, name: &str) -> Result<u64> {
    let status = read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or_else(|| format!("/proc/<pid>/status has no {name}"))?.parse()?)
}
