use super::*;
use crate::{api::edge_v1::ClickIdKey, values::id::AccountId};
use s2s_sdk::v1::TrackingLink;

const NOW: Time = Time::from_micros(1_764_000_000_000_000);
const ROOM: u64 = 64 * 1_024 * 1_024;

struct Stage {
    _parent: tempfile::TempDir,
    folder: Arc<Folder>,
    seal: Seal,
}

impl Stage {
    fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(&parent.path().join("spool")).unwrap());
        Self { _parent: parent, folder, seal: Seal::derive("test", b"secret") }
    }

    fn read(&self) -> Snapshot {
        Snapshot::read(&self.folder, &self.seal, ROOM, NOW)
    }

    fn writer(&self, snapshot: Snapshot) -> Writer {
        self.writer_with(snapshot, &[1])
    }

    /// The writer of an edge whose core has these click id keys.
    fn writer_with(&self, snapshot: Snapshot, numbers: &[u8]) -> Writer {
        let keys = keys(numbers);
        let record_keys = RecordKeys::new(&keys, &snapshot.click_id_keys, &snapshot.former_keys, false);
        let keys = Arc::new(Keys::new(keys).unwrap());
        snapshot.writer(self.folder.clone(), self.seal.clone(), keys, record_keys, Random::system())
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join(FILE)).unwrap()
    }

    fn put(&self, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(FILE), bytes).unwrap();
    }
}

fn keys(numbers: &[u8]) -> ListClickIdKeysResponse {
    let key = |number: &u8| ClickIdKey { key_id: u32::from(*number), secret: vec![*number; 32] };
    ListClickIdKeysResponse { click_id_keys: numbers.iter().map(key).collect(), core_time: None }
}

fn message(number: u64, slug: &str) -> ResolveSlugResponse {
    let tracking_link = TrackingLink {
        slug: slug.to_owned(),
        destination: format!("https://shop.example/{number}"),
        ..Default::default()
    };
    let account_id = AccountId::DEFAULT.to_string();
    ResolveSlugResponse { tracking_link: Some(tracking_link), account_id, link_key: number }
}

fn learn(links: &KnownLinks, numbers: std::ops::Range<u64>) {
    for number in numbers {
        links.learn(&Link::from_proto(message(number, &format!("slug{number}"))).unwrap(), NOW, NOW);
    }
}

fn has(snapshot: &Snapshot, number: u64) -> bool {
    snapshot.links.follow(&format!("slug{number}"), NOW).is_some()
}

#[test]
fn changes_are_appended_and_read_again() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    learn(&writer.links, 0..3);
    writer.write(NOW).unwrap();
    let before = stage.bytes();
    writer.write(NOW).unwrap();
    assert_eq!(stage.bytes(), before, "nothing has changed");
    writer.links.forget("slug1");
    learn(&writer.links, 3..4);
    writer.write(NOW).unwrap();
    let after = stage.bytes();
    assert!(after.starts_with(&before) && after.len() > before.len());

    // The next server continues the same file.
    let snapshot = stage.read();
    assert_eq!([0, 1, 2, 3].map(|number| has(&snapshot, number)), [true, false, true, true]);
    let mut writer = stage.writer(snapshot);
    learn(&writer.links, 4..5);
    writer.write(NOW).unwrap();
    assert!(stage.bytes().starts_with(&after));
    assert!(has(&stage.read(), 4));
}

#[test]
fn a_file_is_written_anew_once_it_is_mostly_stale() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    learn(&writer.links, 0..2_000);
    writer.write(NOW).unwrap();
    let (whole, mut longest) = (stage.bytes().len(), 0);
    for round in 1..40 {
        let at = NOW.plus(crate::values::time::Span::from_seconds(round * 700));
        for number in 0..200 {
            writer.links.follow(&format!("slug{number}"), at);
        }
        writer.write(at).unwrap();
        longest = longest.max(stage.bytes().len());
    }
    assert!(longest > whole && longest < whole * 23 / 10, "{longest} of {whole}");
    assert_eq!(stage.read().links.count(), 2_000);
}

#[test]
fn damage_costs_only_the_records_that_it_hits_and_a_new_file_is_written() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    for number in 0..3 {
        learn(&writer.links, number..number + 1);
        writer.write(NOW).unwrap();
    }
    let whole = stage.bytes();
    let key = Key(*whole.first_chunk().unwrap());
    let framed = |seal: &Seal, number| {
        let content = Content::Link(message(number, &format!("slug{number}")));
        let mut bytes = whole.clone();
        frame(key, &Record { arrived_at: NOW, content }.body(seal), &mut bytes);
        bytes
    };
    let mut flipped = whole.clone();
    flipped[whole.len() / 2 + 40] ^= 1;
    let foreign = framed(&Seal::derive("test", b"other"), 7);
    for (what, bytes, expected) in [
        ("whole", whole.clone(), [true, true, true, false]),
        ("cut by 30 bytes", whole[..whole.len() - 30].to_vec(), [true, true, false, false]),
        ("a flipped bit", flipped, [true, false, true, false]),
        ("another's record", foreign, [true, true, true, false]),
        ("a record of ours", framed(&stage.seal, 7), [true, true, true, true]),
        ("nothing but a part of the key", whole[..9].to_vec(), [false; 4]),
    ] {
        stage.put(&bytes);
        let snapshot = stage.read();
        assert_eq!([0, 1, 2, 7].map(|number| has(&snapshot, number)), expected, "{what}");
        let is_intact = ["whole", "a record of ours"].contains(&what);
        assert_eq!(snapshot.file.is_some(), is_intact, "{what}");
        let mut writer = stage.writer(snapshot);
        learn(&writer.links, 9..10);
        writer.write(NOW).unwrap();
        assert_eq!(stage.bytes().starts_with(&key.0), is_intact, "{what}");
        let snapshot = stage.read();
        assert!(snapshot.file.is_some() && has(&snapshot, 9), "{what}");
        assert_eq!([0, 1, 2, 7].map(|number| has(&snapshot, number)), expected, "{what}");
    }
    // A server with another secret believes nothing in the file.
    let other = Snapshot::read(&stage.folder, &Seal::derive("test", b"other"), ROOM, NOW);
    assert!(other.links.count() == 0 && other.click_id_keys.click_id_keys.is_empty());
}

#[test]
fn a_file_that_somebody_else_has_changed_is_not_appended_to() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    learn(&writer.links, 0..1);
    writer.write(NOW).unwrap();
    stage.put(b"something else");
    writer.write(NOW).unwrap();
    assert!(has(&stage.read(), 0));
    std::fs::remove_file(stage.folder.path().join(FILE)).unwrap();
    writer.write(NOW).unwrap();
    assert!(has(&stage.read(), 0));
}

#[test]
fn records_are_found_wherever_the_chunks_end() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    learn(&writer.links, 0..16_000);
    writer.write(NOW).unwrap();
    let mut bytes = stage.bytes();
    assert!(bytes.len() > 2 * CHUNK_BYTES);
    assert_eq!(stage.read().links.count(), 16_000);
    assert!(stage.read().file.is_some());
    // Damage that is longer than a chunk.
    bytes[CHUNK_BYTES / 2..CHUNK_BYTES * 9 / 5].fill(0);
    stage.put(&bytes);
    let snapshot = stage.read();
    let count = snapshot.links.count();
    assert!((3_000..15_999).contains(&count) && snapshot.file.is_none(), "{count}");
}

#[test]
fn a_smaller_budget_makes_a_new_file() {
    let stage = Stage::new();
    let mut writer = stage.writer(stage.read());
    learn(&writer.links, 0..1_000);
    writer.write(NOW).unwrap();
    let snapshot = Snapshot::read(&stage.folder, &stage.seal, 100_000, NOW);
    let count = snapshot.links.count();
    assert!((100..999).contains(&count) && snapshot.file.is_none(), "{count}");
    stage.writer(snapshot).write(NOW).unwrap();
    assert_eq!(stage.read().links.count(), count);
    assert!(stage.bytes().len() < 100_000);
}

/// A crash may cut the write that replaces the keys at any byte.
#[test]
fn a_key_that_goes_is_read_again_wherever_a_crash_cuts_the_write() {
    let stage = Stage::new();
    stage.writer_with(stage.read(), &[2, 1]).write(NOW).unwrap();
    let before = stage.bytes();
    // A record that was put aside keeps the keys: somebody may rename its file to a segment again.
    let segment = "00000000000000000001-00000000000000000000000000000000.aside";
    std::fs::write(stage.folder.path().join(segment), "").unwrap();
    stage.writer_with(stage.read(), &[1]).write(NOW).unwrap();
    let after = stage.bytes();
    assert!(after.starts_with(&before) && after.len() > before.len());
    for length in before.len()..=after.len() {
        stage.put(&after[..length]);
        let Snapshot { click_id_keys, former_keys, .. } = stage.read();
        let all = [click_id_keys.click_id_keys, former_keys.click_id_keys].concat();
        assert!(all.contains(&keys(&[2]).click_id_keys[0]), "{length}");
    }
    assert_eq!(stage.read().former_keys, keys(&[2]));
    // A new snapshot has the former keys too, until no file of the spool needs them.
    stage.writer_with(Snapshot { file: None, ..stage.read() }, &[1]).write(NOW).unwrap();
    assert_eq!(stage.read().former_keys, keys(&[2]));
    std::fs::remove_file(stage.folder.path().join(segment)).unwrap();
    stage.writer_with(stage.read(), &[1]).write(NOW).unwrap();
    assert_eq!(stage.read().former_keys, keys(&[]));
}
