//! The user's own account.

pub mod read;
pub mod update;

use axum::Json;
use domain::UnixTime;
use domain::account::User;
use domain::provider::Provider;
use edge::Reply;
use edge::nauth::UserResponse;
use flows::Postern;

/// `user` as the answers of both operations show it.
async fn shown(postern: &Postern, user: &User, now: UnixTime) -> Reply<UserResponse> {
    let links = postern.links(user).await?;
    let linked: Vec<Provider> = links.iter().map(|link| link.provider).collect();
    Ok(Json(UserResponse::of(user, &linked, now)))
}
