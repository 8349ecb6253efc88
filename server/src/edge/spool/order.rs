//! Order of postbacks in the spool. Postbacks of one click must not overtake each other, because
//! the core records the first one, and later ones may be duplicates of it. So postbacks with the
//! same click id share an order queue.
//!
//! Absent on purpose: any parsing of a postback. Text that looks like a click id is enough to keep
//! the order. The drawbacks: several clicks may share an order queue, and then their postbacks wait
//! for each other; postbacks without a visible click id are not kept in order.

use std::sync::atomic::{AtomicU32, Ordering};

use s2s_sdk::v1::RawPostback;

use crate::values::click_id::CLICK_ID_CHARS;

/// Number of order queues. While far fewer postbacks wait than there are queues, few of them share
/// a queue.
const QUEUES: usize = 1 << 16;
/// Maximum number of postbacks that wait in one order queue. A click has few sales, so more
/// postbacks come only from somebody who wants to fill the spool.
const WAITING_OF_QUEUE_MAX: u32 = 1_000;
/// Maximum number of characters directly before a click id that are the rest of an encoded
/// character, such as `25253D` of a `=` that was encoded three times.
const ENCODED_CHARS_MAX: usize = 6;

/// The number of waiting postbacks of each order queue.
pub struct OrderQueues(Box<[AtomicU32]>);

impl Default for OrderQueues {
    fn default() -> Self {
        Self((0..QUEUES).map(|_| AtomicU32::new(0)).collect())
    }
}

impl OrderQueues {
    fn counter(&self, queue: u16) -> Option<&AtomicU32> {
        self.0.get(usize::from(queue))
    }

    pub fn enter(&self, queue: Option<u16>) {
        queue.and_then(|queue| self.counter(queue)).map(|waiting| waiting.fetch_add(1, Ordering::AcqRel));
    }

    /// Enters the queue. Returns false, without entering it, if too many postbacks wait in it.
    pub fn try_enter(&self, queue: Option<u16>) -> bool {
        let more = |waiting: u32| (waiting < WAITING_OF_QUEUE_MAX).then(|| waiting + 1);
        let counter = queue.and_then(|queue| self.counter(queue));
        let entered =
            counter.map(|waiting| waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_ok());
        entered.unwrap_or(true)
    }

    pub fn leave(&self, queue: Option<u16>) {
        let left = |waiting: u32| waiting.checked_sub(1);
        queue
            .and_then(|queue| self.counter(queue))
            .map(|waiting| waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, left));
    }

    pub fn is_waiting(&self, queue: Option<u16>) -> bool {
        let waiting = queue.and_then(|queue| self.counter(queue));
        waiting.is_some_and(|waiting| waiting.load(Ordering::Acquire) > 0)
    }
}

/// The order queue of a postback, by the first text in it that looks like a click id. `None`: the
/// postback has no such text, and needs no order.
pub fn order_queue(raw: &RawPostback) -> Option<u16> {
    let found = [&raw.target, &raw.body].into_iter().find_map(|bytes| click_id(bytes))?;
    let [first, second, ..] = *blake3::hash(&found.to_ascii_lowercase()).as_bytes();
    Some(u16::from_be_bytes([first, second]))
}

/// Finds a run of letters and digits that is as long as a click id. Cuts off up to
/// `ENCODED_CHARS_MAX` characters that an encoding has left in front of it. Ignores longer runs.
fn click_id(bytes: &[u8]) -> Option<&[u8]> {
    let mut runs = bytes.split(|byte| !byte.is_ascii_alphanumeric());
    runs.find_map(|run| {
        let before = run.len().checked_sub(CLICK_ID_CHARS).filter(|before| *before <= ENCODED_CHARS_MAX)?;
        run.get(before..)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb";

    fn of(target: &str, body: &str) -> Option<u16> {
        order_queue(&RawPostback { target: target.into(), body: body.into(), ..Default::default() })
    }

    #[test]
    fn a_click_has_one_order_queue_however_its_id_is_written() {
        let queue = of(&format!("/s2s?clickId={ID}"), "");
        assert!(queue.is_some());
        let code = "700708AAAC7A24E5FBB247D7189A2A7E";
        for (target, body) in [
            (format!("/s2s?id={code}&clickId={}&val=1", ID.to_uppercase()), String::new()),
            (format!("/s2s?clickId=%22{ID}%22"), String::new()),
            (format!("/s2s?clickId=%2522{ID}%2522&val=1"), String::new()),
            ("/s2s".to_owned(), format!("{{\"clickId\":\"{ID}\"}}")),
            ("/s2s".to_owned(), format!("clickId={ID}&val=1")),
        ] {
            assert_eq!(of(&target, &body), queue, "{target} {body}");
        }
        let long = "x".repeat(1_000);
        for target in ["/s2s", "/s2s?clickId=test", &format!("/s2s?id={code}&clickId="), &long] {
            assert_eq!(of(target, ""), None, "{target}");
        }
    }

    #[test]
    fn an_order_queue_is_free_once_all_have_left() {
        let order_queues = OrderQueues::default();
        let (one, other) = (Some(u16::MAX), Some(0));
        order_queues.enter(one);
        order_queues.enter(one);
        order_queues.enter(None);
        order_queues.leave(one);
        assert!(
            order_queues.is_waiting(one) && !order_queues.is_waiting(other) && !order_queues.is_waiting(None)
        );
        order_queues.leave(one);
        assert!(!order_queues.is_waiting(one));
    }

    #[test]
    fn a_queue_is_full_at_its_bound_and_no_other_is() {
        let order_queues = OrderQueues::default();
        let (one, other) = (Some(7), Some(8));
        assert_eq!((0..2_000).filter(|_| order_queues.try_enter(one)).count(), 1_000);
        assert!(order_queues.try_enter(other) && order_queues.try_enter(None));
        order_queues.leave(one);
        assert!(order_queues.try_enter(one) && !order_queues.try_enter(one));
    }
}
