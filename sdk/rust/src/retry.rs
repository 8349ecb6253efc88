//! Retries of failed calls.
//!
//! Some requests of this API are safe to retry only if they have a request id. So missing ids are
//! filled in before the first attempt. A call that is safe to repeat is then retried after every
//! transient failure, as often as the `Policy` allows and within its time limit. There is no retry
//! budget across calls, and no hedging. Each retry is logged, without the API key and the request.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout};
use tonic::Status;
use tracing::info;

use crate::{Error, v1};

/// Maximum pause before the first retry. The maximum doubles with each retry, up to `PAUSE_MAX`.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// The time limit and the number of retries of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Time limit over all attempts and pauses.
    pub(crate) timeout: Duration,
    /// Maximum number of retries after the first attempt.
    pub(crate) retries: u32,
}

impl Policy {
    /// Runs `attempt` until it succeeds, its failure is not transient, or no retries or time are
    /// left. Passes the remaining time to each attempt. `call` is the call's name for the log.
    pub(crate) async fn run<T, F>(
        self,
        call: &str,
        mut attempt: impl FnMut(Duration) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let deadline = Instant::now() + self.timeout;
        let left = || deadline.saturating_duration_since(Instant::now());
        let mut last = None;
        let mut retries = 0;
        loop {
            let error = match timeout(left(), attempt(left())).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(status)) => Error::from(status),
                Err(_) => return Err(Error::deadline_exceeded(self.timeout, last)),
            };
            let pause = random_pause(retries, error.retry_delay());
            if retries == self.retries || !error.is_passing() || pause >= left() {
                return Err(error);
            }
            retries += 1;
            info!(call, attempt = retries, reason = error.reason_or_code(), ?pause, "failed, tried again");
            sleep(pause).await;
            last = Some(error);
        }
    }
}

/// Returns the pause before the next attempt, with a random part. Without random numbers, it is the
/// longest.
pub(crate) fn random_pause(retries: u32, asked: Option<Duration>) -> Duration {
    pause(retries, asked, getrandom::u32().unwrap_or(u32::MAX))
}

/// Returns the pause before the next attempt: the time that the server `asked` for plus a random
/// time, so that clients that failed together don't come back together.
fn pause(retries: u32, asked: Option<Duration>, random: u32) -> Duration {
    let half = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(retries)).min(PAUSE_MAX) / 2;
    let jitter = half.saturating_mul(random) / u32::MAX;
    asked.unwrap_or_default().saturating_add(half + jitter)
}

/// Fills in a request id, 128 random bits in hexadecimal, if there is none.
pub(crate) fn fill(request_id: &mut String) -> Result<(), Error> {
    if request_id.is_empty() {
        let random = || getrandom::u64().map_err(Error::no_randomness);
        *request_id = format!("{:016x}{:016x}", random()?, random()?);
    }
    Ok(())
}

/// Fills in request id and click time, which together determine the click id. A request with a
/// click id needs neither.
///
/// A request with the caller's own request id gets no time here: with a new time, a repetition
/// would be another click. The server refuses a request id without a time.
pub(crate) fn fill_click(request: &mut v1::RecordClickRequest) -> Result<(), Error> {
    if request.click_id.is_empty() && request.request_id.is_empty() {
        fill(&mut request.request_id)?;
        #[expect(clippy::disallowed_methods, reason = "the ban is for the server, which has App::now")]
        request.click_time.get_or_insert_with(|| SystemTime::now().into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        for (retries, asked_ms, random, expected_ms) in [
            (0, None, 0, 50),
            (0, None, u32::MAX, 100),
            (1, None, 0, 100),
            (3, None, u32::MAX, 800),
            (6, None, u32::MAX, 5_000),
            (u32::MAX, None, u32::MAX, 5_000),
            (0, Some(2_000), 0, 2_050),
            (0, Some(2_000), u32::MAX, 2_100),
        ] {
            let asked = asked_ms.map(Duration::from_millis);
            assert_eq!(
                pause(retries, asked, random),
                Duration::from_millis(expected_ms),
                "{retries} {asked:?}"
            );
        }
        assert_eq!(pause(0, Some(Duration::MAX), 0), Duration::MAX);
    }

    #[test]
    fn request_ids_are_filled_in_once() {
        let (mut one, mut other, mut own) = (String::new(), String::new(), "mine".to_owned());
        for request_id in [&mut one, &mut other, &mut own] {
            fill(request_id).unwrap();
        }
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
        assert_ne!(one, other);
        assert_eq!(own, "mine");
    }

    #[test]
    fn clicks_get_what_makes_their_id() {
        let (mine, time) = ("mine".to_owned(), prost_types::Timestamp { seconds: 1, nanos: 2 });
        let check = |request: v1::RecordClickRequest| {
            let mut filled = request;
            fill_click(&mut filled).unwrap();
            (filled.request_id, filled.click_time)
        };

        let (request_id, click_time) = check(v1::RecordClickRequest::default());
        assert_eq!(request_id.len(), 32);
        assert!(click_time.is_some());

        let timed = v1::RecordClickRequest { click_time: Some(time), ..Default::default() };
        let (request_id, click_time) = check(timed);
        assert_eq!((request_id.len(), click_time), (32, Some(time)));

        let minted = v1::RecordClickRequest { click_id: mine.clone(), ..Default::default() };
        assert_eq!(check(minted), (String::new(), None));

        let own = v1::RecordClickRequest { request_id: mine.clone(), ..Default::default() };
        assert_eq!(check(own), (mine, None));
    }
}
