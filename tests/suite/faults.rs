//! What breaks around us: the answer is clear, and nothing is half done.

use tests::{Fault, World};

const ADA: &str = "ada@example.com";

/// Rows of the main table by the start of their sort key.
async fn rows(world: &World, sk: &str) -> usize {
    let rows = world.dump(&world.table).await;
    rows.iter()
        .filter(|item| item["sk"].as_s().unwrap().starts_with(sk))
        .count()
}

#[tokio::test]
async fn conflicts_and_throttles_that_pass_are_not_noticed() {
    for fault in [Fault::Conflict, Fault::Throttle, Fault::LostAnswer] {
        let world = World::new().await;
        world.anyone().request_code(ADA).await.expect(200);
        world.tap.fail("TransactWriteItems", fault, 2);
        let code = world.code(ADA);
        world.anyone().verify_code(ADA, &code).await.expect(200);
        assert_eq!(
            (
                rows(&world, "PROFILE").await,
                rows(&world, "SESSION#").await
            ),
            (1, 1),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn single_writes_that_meet_a_transaction_are_tried_again() {
    let world = World::new().await;
    let conflict = |operation: &str| world.tap.fail(operation, Fault::ItemConflict, 2);
    conflict("PutItem");
    conflict("UpdateItem");
    world.anyone().request_code(ADA).await.expect(200);
    conflict("UpdateItem");
    let answer = world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    conflict("PutItem");
    let ada = world.anyone().bearing(answer.str("access"));
    ada.header("x-timezone", "Asia/Seoul")
        .get("/cfg/accounts/profile/")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_code_whose_writing_was_answered_into_the_void_is_sent_once() {
    let world = World::new().await;
    world.tap.fail("PutItem", Fault::LostAnswer, 1);
    world.anyone().request_code(ADA).await.expect(200);
    assert_eq!(world.mail(ADA).len(), 1);
}

#[tokio::test]
async fn letters_that_are_not_taken_use_up_no_budget() {
    let world = World::with(&[("POSTERN_MAIL_DAILY_BUDGET", "2")]).await;
    for _ in 0..5 {
        world.tap.fail("SendEmail", Fault::Rejected, 1);
        world.anyone().request_code(ADA).await.expect(500);
    }
    world.anyone().request_code(ADA).await.expect(200);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_meets_its_own_write() {
    let world = World::with(&[("POSTERN_REFRESH_GRACE_SECONDS", "0")]).await;
    let ada = world.anyone().sign_in(ADA).await;
    world.tap.fail("UpdateItem", Fault::LostAnswer, 1);
    let next = ada.refreshed().await;
    next.refreshed().await;
}

#[tokio::test]
async fn a_conflict_that_stays_is_said_and_undoes_everything() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    world.tap.fail("TransactWriteItems", Fault::Conflict, 7);
    let code = world.code(ADA);
    let answer = world.anyone().verify_code(ADA, &code).await.expect(503);
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(
        (rows(&world, "PROFILE").await, rows(&world, "CLAIM").await),
        (0, 0)
    );
    // The try is spent, the code is not: the same code still does.
    world.anyone().verify_code(ADA, &code).await.expect(200);
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_is_said_in_every_operations_words() {
    let world = World::new().await;
    let ada = world.anyone().sign_in(ADA).await;
    let down = |operation: &str| world.tap.fail(operation, Fault::Unreachable, 4);
    down("BatchGetItem");
    let answer = ada.profile().await.expect(503);
    assert_eq!(
        answer.str("detail"),
        "Service temporarily unavailable, try again later."
    );
    down("BatchGetItem");
    ada.client().refresh(&ada.refresh).await.expect(503);
    ada.refreshed().await;
    down("BatchGetItem");
    let answer = world
        .anyone()
        .request_code("grace@example.com")
        .await
        .expect(500);
    assert_eq!(answer.str("error_code"), "internal_error");
    assert!(
        !answer.text.contains("refused"),
        "no cause reaches a client: {}",
        answer.text
    );
    world
        .anyone()
        .request_code("grace@example.com")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_notice_that_cannot_be_sent_fails_no_sign_in() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    world.tap.fail("SendEmail", Fault::Rejected, 1);
    world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(200);
    assert_eq!(world.mail(ADA).len(), 1, "the welcome was not taken");
}

#[tokio::test]
async fn a_guess_is_counted_even_when_its_answer_is_lost() {
    let world = World::new().await;
    world.anyone().request_code(ADA).await.expect(200);
    let wrong = world.wrong_code(ADA);
    world.tap.fail("UpdateItem", Fault::LostAnswer, 4);
    for _ in 0..6 {
        let answer = world.anyone().verify_code(ADA, &wrong).await;
        assert!(
            answer.status == 401 || answer.status == 503,
            "{}",
            answer.text
        );
    }
    world
        .anyone()
        .verify_code(ADA, &world.code(ADA))
        .await
        .expect(401);
}
