//! What work costs, told so that a busy machine makes no difference: in processor time, or beside a reference that has
//! its turns in between.

use std::{
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// Holds work to growing no faster than what it is done on: `large`, which is ten times `small`, must not take more than
/// four times as long as ten `small` ones. Were it quadratic it would take ten times as long.
#[track_caller]
pub fn assert_linear(mut small: impl FnMut(), mut large: impl FnMut()) {
    fn timed(work: &mut impl FnMut()) -> Duration {
        let begun = Instant::now();
        work();
        begun.elapsed()
    }
    // What else runs on the machine hits both; of several pairs the best is the least disturbed.
    let pair = || (timed(&mut || (0..10).for_each(|_| small())), timed(&mut large));
    let pairs: Vec<_> = std::iter::repeat_with(pair).take(3).collect();
    let fits = pairs.iter().any(|(ten_small, large)| *large <= *ten_small * 4);
    assert!(fits, "ten small ones, and a large one: {pairs:?}");
}

/// Processor time that this thread takes for some work; `None`: the system does not tell.
pub fn of_thread<T>(work: impl FnOnce() -> T) -> (T, Option<Duration>) {
    let before = thread_time();
    let done = work();
    (done, before.and_then(|before| thread_time()?.checked_sub(before)))
}

#[cfg(unix)]
fn thread_time() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok().map(Duration::from)
}

#[cfg(not(unix))]
fn thread_time() -> Option<Duration> {
    None
}

/// Runs a program that prints little; what it printed, and the processor time it took, where the system tells.
pub fn of_program(command: &mut Command) -> (Output, Option<Duration>) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let time = time_at_the_end(child.id());
    (child.wait_with_output().expect("it ends"), time)
}

/// Waits for the end of a child, and leaves it to be waited for: until then the system knows its times.
#[cfg(target_os = "linux")]
fn time_at_the_end(child: u32) -> Option<Duration> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let pid = Pid::from_raw(child.cast_signed())?;
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).ok()?;
    Some(Duration::from_millis(10 * processor_ticks(pid)))
}

#[cfg(not(target_os = "linux"))]
fn time_at_the_end(_: u32) -> Option<Duration> {
    None
}

/// Processor time that a process has used, in clock ticks (a hundredth of a second).
#[cfg(target_os = "linux")]
pub fn processor_ticks(pid: rustix::process::Pid) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// [`sleeps`], once nothing has woken for half a second: what was begun beside the screen is done.
#[cfg(target_os = "linux")]
pub fn settled_sleeps(pid: rustix::process::Pid) -> u64 {
    let mut before = sleeps(pid);
    for _ in 0..60 {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let now = sleeps(pid);
        if now == before {
            break;
        }
        before = now;
    }
    before
}

/// How often the threads of a process have gone to sleep so far: who wakes for a moment goes to sleep again.
#[cfg(target_os = "linux")]
pub fn sleeps(pid: rustix::process::Pid) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    let sleeps = |status: String| -> Option<u64> {
        status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse().ok()
    };
    tasks.flatten().filter_map(|task| sleeps(std::fs::read_to_string(task.path().join("status")).ok()?)).sum()
}
