use super::*;

fn after(begins: Instant, seconds: u64) -> Instant {
    begins + Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_postback_uses_the_room_of_its_click_before_that_of_its_code() {
    let shedding = Shedding::new(ShedCounts::default());
    let begins = Instant::now();
    let (click, code) = (Some(ClickId(uuid::Uuid::nil())), Some(ConversionCodeId(uuid::Uuid::nil())));
    for (click, code, seconds, room) in [
        (click, None, 0, 60),
        (click, None, 59, 0),
        (click, code, 0, 6_000),
        (None, code, 59, 0),
        (None, None, 0, 0),
        (click, code, 60, 6_060),
    ] {
        let mut found = 0;
        for _ in 0..7_000 {
            found += u32::from(shedding.has_room(click, code, after(begins, seconds)).await);
        }
        assert_eq!(found, room, "{click:?} {code:?} {seconds}");
    }
    // Whatever others send, a network that has sent nothing yet has room.
    assert!(shedding.admit_stranger(Network::of(None), begins).is_ok());
    assert_eq!(shedding.counts.shed(), 0);
}
