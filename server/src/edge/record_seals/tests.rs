use super::*;

fn key(number: u8) -> ClickIdKey {
    ClickIdKey { key_id: u32::from(number), secret: vec![number; 32] }
}

fn keys(numbers: &[u8]) -> ListClickIdKeysResponse {
    ListClickIdKeysResponse { click_id_keys: numbers.iter().copied().map(key).collect(), core_time: None }
}

fn numbers(keys: &ListClickIdKeysResponse) -> Vec<u32> {
    keys.click_id_keys.iter().map(|key| key.key_id).collect()
}

/// Numbers of files: `0` stands for none.
fn files(oldest: u64, newest: u64) -> Numbers {
    Numbers { oldest: (oldest > 0).then_some(oldest), newest: Some(newest) }
}

/// Returns whether the seals accept a record with the seal of this key.
fn accepts(seals: &Seals, number: u8) -> bool {
    seals.accept(Some(seal(&key(number)).prove(&[b"record"])), &[b"record"])
}

fn is_own(seals: &Seals, number: u8) -> bool {
    *seals.own() == seal(&key(number))
}

#[test]
fn new_records_have_the_seal_of_a_key_that_the_file_holds() {
    for (what, core, recorded, former, own) in [
        ("a first start", &[2, 1][..], &[][..], &[][..], 2),
        ("nothing has changed", &[2, 1], &[2, 1], &[], 2),
        ("a rotation since the last write", &[2, 1], &[1], &[], 1),
        ("an older core", &[1], &[2, 1], &[], 1),
        ("another core", &[9], &[2, 1], &[], 2),
        ("a former key is never used again", &[9, 3], &[2, 1], &[3], 2),
    ] {
        let keys = RecordKeys::new(&keys(core), &keys(recorded), &keys(former), false);
        let seals = keys.seals().present();
        assert!(is_own(&seals, own), "{what}");
        for number in core.iter().chain(recorded).chain(former) {
            assert!(accepts(&seals, *number), "{what}: {number}");
        }
        assert!(!accepts(&seals, 77), "{what}");
    }
}

#[test]
fn a_key_that_goes_is_kept_until_no_file_needs_it() {
    let mut known = RecordKeys::new(&keys(&[2, 1]), &keys(&[2, 1]), &keys(&[]), false);
    assert!(!known.prepare(&keys(&[2, 1]), true, files(3, 4)), "nothing has changed");
    // The core was restored. Until the file is written, the old seal is used.
    assert!(known.prepare(&keys(&[1]), true, files(3, 4)));
    assert_eq!(numbers(&known.former()), [2]);
    assert!(is_own(&known.seals().present(), 2));
    let on_its_way = known.seals().present();
    known.note_written(&keys(&[1]));
    let seals = known.seals().present();
    assert!(is_own(&seals, 1) && accepts(&seals, 2));
    drop(seals);
    // A record with the old seal is not written yet, and may still be written to a new file.
    for (oldest, newest) in [(3, 4), (0, 0), (0, 4)] {
        let is_settled = known.is_settled();
        assert!(!is_settled && !known.prepare(&keys(&[1]), is_settled, files(oldest, newest)));
    }
    drop(on_its_way);
    assert!(known.is_settled());
    for (what, oldest, newest, has_changed) in [
        ("the last file with an old record is 5", 5, 5, false),
        ("newer files", 5, 8, false),
        ("an old file is left", 5, 6, false),
        ("none is left", 6, 8, true),
    ] {
        assert_eq!(known.prepare(&keys(&[1]), true, files(oldest, newest)), has_changed, "{what}");
    }
    assert_eq!(numbers(&known.former()), [0_u32; 0]);
    known.note_written(&keys(&[1]));
    assert!(!accepts(&known.seals().present(), 2));
}

#[test]
fn no_key_is_lost_by_a_write_that_fails_or_a_core_that_changes_again() {
    let mut known = RecordKeys::new(&keys(&[2, 1]), &keys(&[2, 1]), &keys(&[7]), false);
    let unknown = Numbers { oldest: Some(0), newest: None };
    // The write fails, and the core changes meanwhile.
    for core in [&[1][..], &[3, 1], &[4]] {
        assert!(known.prepare(&keys(core), true, unknown) || core != [1]);
        let seals = known.seals().present();
        assert!(is_own(&seals, 2) && [1, 2, 7].iter().all(|number| accepts(&seals, *number)), "{core:?}");
    }
    assert_eq!(numbers(&known.former()), [7, 2, 1]);
    known.note_written(&keys(&[4]));
    assert!(is_own(&known.seals().present(), 4));
    // The core has a former key again. The file keeps the key as a former one until it holds the
    // key as one of the core's.
    assert!(!known.prepare(&keys(&[2, 1]), true, unknown) || numbers(&known.former()) == [7, 2, 1, 4]);
    assert_eq!(numbers(&known.former()), [7, 2, 1, 4]);
    known.note_written(&keys(&[2, 1]));
    assert!(known.prepare(&keys(&[2, 1]), true, unknown));
    assert_eq!(numbers(&known.former()), [7, 4]);
}

#[test]
fn former_keys_fit_in_one_record() {
    let mut known = RecordKeys::new(&keys(&[1]), &keys(&[1]), &keys(&[]), true);
    let unknown = Numbers { oldest: Some(0), newest: None };
    for number in 0..=u32::try_from(FORMER_KEYS_MAX).unwrap() {
        let secret = [[0; 28].as_slice(), &number.to_be_bytes()].concat();
        let core = vec![ClickIdKey { key_id: 255, secret }];
        let core = ListClickIdKeysResponse { click_id_keys: core, core_time: None };
        known.prepare(&core, true, unknown);
        known.note_written(&core);
    }
    let former = known.former();
    assert_eq!(former.click_id_keys.len(), FORMER_KEYS_MAX);
    assert!(!former.click_id_keys.contains(&key(1)), "the oldest is dropped");
    let bytes = prost::Message::encoded_len(&former);
    assert!(bytes < super::super::spool::RECORD_BYTES_MAX, "{bytes}");
}
