//! The sign-in pages.

use crate::auth::{OTHER, ask_for_reset};
use crate::walks::matrix::cell::{Row, Somebody, row};

pub const ROWS: &[Row] = &[
    row!("GET /style.css", cell => cell.plain().await),
    row!("GET /sign-in", cell => cell.plain().await),
    row!("POST /sign-in", cell => cell.page(&[("name", &cell.address())]).await),
    // Without a step they lead to the first page.
    row!("GET /sign-in/with", cell => cell.plain().await),
    row!("GET /sign-in/code", cell => cell.plain().await),
    row!("GET /sign-in/next", cell => cell.plain().await),
    row!("POST /sign-in/send", cell => cell.page_of(&cell.address(), &[]).await),
    row!("POST /sign-in/code", anew is_a_browser, cell => {
        cell.stranger().request_code(&cell.address()).await.expect(200);
        let code = cell.world.code(&cell.address());
        cell.page_of(&cell.address(), &[("code", &code)]).await
    }),
    row!("POST /sign-in/password", anew is_a_browser, cell => {
        let somebody = cell.with_password().await;
        cell.page_of(&somebody.address, &[("password", &somebody.holds)]).await
    }),
    row!("POST /sign-in/factor", anew is_a_browser, cell => cell.page_of_factor().await),
    row!("POST /sign-in/factor/send", cell => cell.page(&[("by", "email")]).await),
    row!("POST /sign-in/proof", cell => cell.page(&[("code", "123456")]).await),
    row!("POST /sign-in/proof/send", cell => cell.page(&[]).await),
    row!("POST /sign-in/new-password", cell => cell.page(&[("password", OTHER)]).await),
    row!("GET /sign-up", cell => cell.plain().await),
    row!("POST /sign-up", cell => cell.page(&[("name", &cell.address())]).await),
    row!("GET /sign-up/password", cell => cell.plain().await),
    row!("POST /sign-up/password", anew is_a_browser, cell => cell.page(&[("password", OTHER)]).await),
    row!("GET /password", cell => cell.plain().await),
    row!("POST /password", cell => {
        let somebody = cell.with_password().await;
        cell.page(&[("name", &somebody.address)]).await
    }),
    row!("GET /password/sent", cell => cell.plain().await),
    row!("POST /password/code", cell => {
        cell.page(&[("code", "123456"), ("password", OTHER)]).await
    }),
    row!("GET /password/new", cell => cell.plain().await),
    row!("POST /password/new", cell => {
        let somebody = cell.with_password().await;
        ask_for_reset(&cell.stranger(), &somebody.address).await.expect(200);
        let letter = cell.token(&somebody.address);
        let holds = format!("the sentence of {}", cell.name());
        let answer = cell.page(&[("letter", &letter), ("password", &holds)]).await;
        cell.keep("with password", Somebody { holds, ..somebody });
        answer
    }),
    row!("GET /sign-out", cell => cell.plain().await),
    row!("POST /sign-out", anew is_a_browser, cell => cell.page(&[]).await),
];
