//! A test of the size of the tasks that an edge begins for each request. The future of a task is
//! moved several times before it runs, so what is large in it belongs on the heap.

use super::{postback, redirect};

/// Longest future of a task, in bytes.
const TASK_BYTES_MAX: usize = 64;

#[test]
fn the_tasks_of_a_request_are_small() {
    for (task, bytes) in [
        ("a click", bytes_of(|edge, click, now| redirect::deliver(edge, click, now, false))),
        ("a postback", bytes_of(postback::deliver)),
    ] {
        assert!(bytes <= TASK_BYTES_MAX, "the task for {task} has {bytes} bytes");
    }
}

/// The size of the future that a function returns.
fn bytes_of<A, B, C, F: Future>(_: impl Fn(A, B, C) -> F) -> usize {
    size_of::<F>()
}
