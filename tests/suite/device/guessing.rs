//! Guessing user codes.

use domain::Error;
use tests::{Visitor, World};

use super::signed_in;
use crate::api::{ADA, Device};

/// How many of `tries` wrong codes were compared, the first ones on the page.
async fn compared(browser: &Visitor<'_>, tries: usize) -> usize {
    let mut compared = 0;
    for _ in 0..15 {
        let mut browser = browser.clone();
        browser
            .fill("/device/check", &[("user_code", "BBBB-BBBB")])
            .await;
        compared += usize::from(browser.page.status == 400);
    }
    let (postern, meta) = (&browser.world().postern, browser.meta());
    let cookie = browser.cookie().split_once('=').unwrap().1;
    let signed = postern.browsing(&meta, cookie).await.unwrap().unwrap();
    for _ in 15..tries {
        let refused = postern.device_asking(&meta, &signed, "CCCC-CCCC").await;
        compared += usize::from(matches!(refused, Err(Error::WrongCode)));
    }
    compared
}

#[tokio::test]
async fn ten_thousand_guesses_meet_the_limit_and_keep_nobody_out() {
    let world = World::new().await;
    let device = Device::asking(&world).await;
    // One network, many accounts: ten each until the network has made fifty, then three each.
    for n in 0..10 {
        world.clock.advance(7);
        let guesser = signed_in(&world, &format!("eve{n}@example.com")).await;
        let expected = if n < 5 { 10 } else { 3 };
        assert_eq!(compared(&guesser, 1000).await, expected, "account {n}");
    }
    // The person, at the same network.
    let mut ada = signed_in(&world, ADA).await;
    for _ in 0..20 {
        let mut ada = ada.clone();
        ada.fill("/device/check", &[("user_code", &device.user_code)])
            .await;
        assert_eq!(ada.page.status, 200, "right codes are not counted");
    }
    ada.fill("/device/check", &[("user_code", &device.user_code)])
        .await;
    ada.fill("/device/approve", &[]).await;
    assert!(ada.page.text.contains("is connected"), "{}", ada.page.text);
    device.poll().await.expect(200);
}
