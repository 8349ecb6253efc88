//! What the system knows of a process, from `/proc`.

use std::fs::{read_dir, read_to_string};

use crate::Result;

/// Linux counts CPU time for `/proc` in hundredths of a second on every machine.
const MS_PER_TICK: u64 = 10;
/// Where things are in `/proc/<pid>/stat`, counted after the program's name: the parent, and user time, which
/// is followed by system time and both of children that have ended.
const PARENT_INDEX: usize = 1;
const USER_TIME_INDEX: usize = 11;
/// The programs of database servers.
const DATABASES: [&str; 2] = ["postgres", "mariadbd"];

/// CPU time that the process has used, in milliseconds.
pub fn cpu_ms(process: u32) -> Result<u64> {
    let stat = read_to_string(format!("/proc/{process}/stat"))?;
    times(&stat, 2)
}

/// The same of the database server that was started beside us, by `s2s-databases`, with all its processes.
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
    // Children come after their parents, or are found in the next pass.
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

/// The first so many of the times in a process's `stat`, in milliseconds.
fn times(stat: &str, count: usize) -> Result<u64> {
    let times = fields(stat)?.skip(USER_TIME_INDEX).take(count);
    let ticks: u64 = times.map(str::parse::<u64>).sum::<std::result::Result<_, _>>()?;
    Ok(ticks * MS_PER_TICK)
}

fn parent(stat: &str) -> Result<u32> {
    Ok(fields(stat)?.nth(PARENT_INDEX).ok_or("/proc/<pid>/stat is too short")?.parse()?)
}

fn fields(stat: &str) -> Result<impl Iterator<Item = &str>> {
    // The name is in parentheses and may itself hold blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/<pid>/stat has no name")?;
    Ok(fields.split_whitespace())
}

/// A figure of `/proc/<pid>/status` in KiB: `VmRSS` is the memory now, `VmHWM` its peak.
pub fn memory_kib(process: u32, name: &str) -> Result<u64> {
    let status = read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or_else(|| format!("/proc/<pid>/status has no {name}"))?.parse()?)
}
