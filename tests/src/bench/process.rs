//! What the system knows of a process, from `/proc`.

use std::fs::read_to_string;

use crate::Result;

/// Linux counts CPU time for `/proc` in hundredths of a second on every machine.
const MS_PER_TICK: u64 = 10;
/// Where user time is in `/proc/<pid>/stat`, counted after the program's name; system time follows it.
const USER_TIME_INDEX: usize = 11;

/// CPU time that the process has used, in milliseconds.
pub fn cpu_ms(process: u32) -> Result<u64> {
    let stat = read_to_string(format!("/proc/{process}/stat"))?;
    // The name is in parentheses and may itself hold blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/<pid>/stat has no name")?;
    let times = fields.split_whitespace().skip(USER_TIME_INDEX).take(2);
    let ticks: u64 = times.map(str::parse::<u64>).sum::<std::result::Result<_, _>>()?;
    Ok(ticks * MS_PER_TICK)
}

/// A figure of `/proc/<pid>/status` in KiB: `VmRSS` is the memory now, `VmHWM` its peak.
pub fn memory_kib(process: u32, name: &str) -> Result<u64> {
    let status = read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or_else(|| format!("/proc/<pid>/status has no {name}"))?.parse()?)
}
