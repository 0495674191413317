//! A profile picture: sending one, past the API too, and looking at it.
//!
//! The bytes go to the bucket first, sealed and under a new name; then one
//! transaction says that this is the account's picture, hides the one before and
//! spends the permission to upload; then what is no longer shown is removed. At every
//! point in between the account has exactly one picture, the old or the new, and
//! of several at once each replaces the one before it.
//!
//! An object that could not be removed is no picture any more: the transaction removed
//! the row without which it is never shown, and the id from which its name and key are
//! derived ([`crypto::KeyRing::seal_object`]). What stays is noise that belongs to no
//! account; the log names it (`object_left`), also for a deleted account's picture.

use domain::account::User;
use domain::limit::PICTURES_PER_ACCOUNT;
use domain::picture::{
    FIELD, Format, MAX_BYTES, Picture, Remade, UPLOAD_SECONDS, Upload, announced,
};
use domain::{AuthFailure, Error, Problem, ProblemKind, platform};
use pictures::{Bucket, BucketError, Grant};
use serde_json::Value;
use store::Step;
use uuid::Uuid;

use crate::{Caller, MAX_ROUNDS, Postern, Profile, RequestMeta, broken, contended, log};

/// What names and keys of pictures are derived for.
const PICTURE: &str = "picture";
/// What names of uploads are derived for: one of each account.
const STAGED: &str = "staged picture";
/// What sealing adds is far less.
const MAX_SEALED: usize = 2 * MAX_BYTES;

/// Permission to upload to the bucket.
#[derive(Clone)]
pub struct UploadGrant {
    /// What to confirm.
    pub upload: Upload,
    /// The request that S3 will take.
    pub grant: Grant,
}

/// A picture, as any caller may see it.
#[derive(Clone)]
pub struct ShownPicture {
    /// What it is.
    pub format: Format,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl Postern {
    /// Makes `sent` the picture of the caller.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no picture that is read here, [`Error::TooMany`] by
    /// account, [`Error::Disabled`] without a bucket, [`Error::Unauthenticated`] if the
    /// account was closed meanwhile.
    pub async fn set_picture(
        &self,
        meta: &RequestMeta,
        caller: Caller,
        sent: Vec<u8>,
    ) -> Result<Profile, Error> {
        let bucket = self.bucket()?;
        self.count_picture(&caller, meta).await?;
        let remade = remade(sent).await?;
        self.replace_picture(bucket, meta, caller, &remade, None)
            .await
    }

    /// Lets the caller put a picture of `length` bytes into the bucket by
    /// themselves: a larger one than API Gateway lets through. It ends any permission
    /// that was given before.
    ///
    /// # Errors
    /// [`Error::Invalid`] if no such file would do, [`Error::TooMany`] by account,
    /// [`Error::Disabled`] without a bucket.
    pub async fn allow_picture(
        &self,
        meta: &RequestMeta,
        caller: &Caller,
        media_type: &str,
        length: usize,
    ) -> Result<UploadGrant, Error> {
        let bucket = self.bucket()?;
        self.count_picture(caller, meta).await?;
        let problems = announced(media_type, length);
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let name = self.staged_name(caller.user());
        let grant = bucket.grant_put(&name, media_type, length, UPLOAD_SECONDS);
        let grant = grant.await.map_err(unavailable)?;
        let upload = Upload {
            id: platform::uuid(self.entropy()),
            expires_at: meta.now.plus(UPLOAD_SECONDS),
        };
        self.store()
            .allow_upload(caller.user().sub, &upload)
            .await?;
        Ok(UploadGrant { upload, grant })
    }

    /// Makes what was uploaded by the permission `id` the caller's picture. The permission
    /// is good for one picture; a file that will not do may be uploaded again.
    ///
    /// # Errors
    /// [`Error::Missing`] if it is not theirs, spent, replaced or too old; otherwise
    /// as [`Postern::set_picture`].
    pub async fn confirm_picture(
        &self,
        meta: &RequestMeta,
        caller: Caller,
        id: Uuid,
    ) -> Result<Profile, Error> {
        let bucket = self.bucket()?;
        self.count_picture(&caller, meta).await?;
        let allowed = self.store().upload(caller.user().sub, meta.now).await?;
        if allowed.is_none_or(|upload| upload.id != id) {
            return Err(Error::Missing);
        }
        let name = self.staged_name(caller.user());
        let sent = bucket.get(&name, MAX_BYTES).await.map_err(unavailable)?;
        let sent = sent.ok_or_else(|| refused(ProblemKind::Required))?;
        let remade = match remade(sent).await {
            Ok(remade) => remade,
            Err(error) => {
                remove(bucket, &name).await;
                return Err(error);
            }
        };
        let profile = self
            .replace_picture(bucket, meta, caller, &remade, Some(id))
            .await?;
        remove(bucket, &name).await;
        Ok(profile)
    }

    /// The picture `id`, for any caller who knows that id.
    ///
    /// # Errors
    /// [`Error::Missing`] if no account shows it.
    pub async fn look_at_picture(&self, id: Uuid) -> Result<ShownPicture, Error> {
        let bucket = self.bucket()?;
        let name = self.name_of(id);
        let format = self.store().picture(&name).await?.ok_or(Error::Missing)?;
        let sealed = bucket.get(&object(&name), MAX_SEALED).await;
        // It was replaced between the two reads, or S3 refused the second.
        let Some(sealed) = sealed.map_err(unavailable)? else {
            log::event("object_missing", [("object", Value::from(object(&name)))]);
            return Err(Error::Missing);
        };
        let opened = self.ring().open_object(PICTURE, id, &sealed);
        Ok(ShownPicture {
            format,
            bytes: opened.map_err(broken)?,
        })
    }

    /// Seals the picture `id` anew, if an older version of the key ring's part sealed it.
    /// Whether it did.
    pub(crate) async fn reseal_picture(&self, id: Uuid) -> Result<bool, Error> {
        let bucket = self.bucket()?;
        let object = object(&self.name_of(id));
        // One that was replaced meanwhile is gone.
        let Some(sealed) = bucket.get(&object, MAX_SEALED).await.map_err(unavailable)? else {
            return Ok(false);
        };
        let ring = self.ring();
        if ring.is_object_anew(&sealed).map_err(broken)? {
            return Ok(false);
        }
        let plain = ring.open_object(PICTURE, id, &sealed).map_err(broken)?;
        let anew = ring.seal_object(PICTURE, id, &plain, self.entropy());
        let put = bucket.put(&object, anew.map_err(broken)?).await;
        put.map_err(unavailable)?;
        Ok(true)
    }

    /// Removes from the bucket what a deleted account, as it was, had there.
    pub(crate) async fn remove_pictures(&self, user: &User) {
        // Without a bucket no pictures are kept, so `user` has none to remove.
        let Ok(bucket) = self.bucket() else {
            return;
        };
        let staged = self.staged_name(user);
        let shown = async {
            if let Some(picture) = &user.picture {
                remove(bucket, &object(&self.picture_name(picture))).await;
            }
        };
        tokio::join!(shown, remove(bucket, &staged));
    }

    /// The name of the row without which `picture` is never shown.
    pub(crate) fn picture_name(&self, picture: &Picture) -> String {
        self.name_of(picture.id)
    }

    async fn replace_picture(
        &self,
        bucket: &Bucket,
        meta: &RequestMeta,
        caller: Caller,
        remade: &Remade,
        upload: Option<Uuid>,
    ) -> Result<Profile, Error> {
        let id = platform::uuid(self.entropy());
        let name = self.name_of(id);
        let sealed = self
            .ring()
            .seal_object(PICTURE, id, &remade.bytes, self.entropy())
            .map_err(broken)?;
        let put = bucket.put(&object(&name), sealed).await;
        if let Err(error) = put {
            // S3 may have taken it and only the answer is lost.
            remove(bucket, &object(&name)).await;
            return Err(unavailable(error));
        }
        let shown = Picture {
            id,
            url: format!(
                "{}/cfg/accounts/profile/avatar/{id}/",
                self.settings().issuer
            ),
        };
        let (role, last_login) = (caller.role(), caller.last_login());
        match self.show(meta, &caller, shown, remade.format, upload).await {
            Ok((before, user)) => {
                if let Some(before) = before {
                    remove(bucket, &object(&self.picture_name(&before))).await;
                }
                let connection = self.connection(&user, role, meta.now)?;
                Ok(Profile {
                    user,
                    role,
                    last_login,
                    connection,
                })
            }
            Err(error) => {
                // A transaction whose answer was lost may have been done: then it is shown.
                if let Ok(None) = self.store().picture(&name).await {
                    remove(bucket, &object(&name)).await;
                }
                Err(error)
            }
        }
    }

    /// Makes `picture` the one of the caller. The one before, and the
    /// account as it is now.
    async fn show(
        &self,
        meta: &RequestMeta,
        caller: &Caller,
        picture: Picture,
        format: Format,
        upload: Option<Uuid>,
    ) -> Result<(Option<Picture>, User), Error> {
        let mut user = caller.user().clone();
        let name = self.picture_name(&picture);
        for _ in 0..MAX_ROUNDS {
            let edited = User {
                rev: user.rev + 1,
                picture: Some(picture.clone()),
                ..user.clone()
            };
            let mut transaction = self
                .store()
                .transaction()
                .edit_user(&edited, &user)?
                .show_picture(&name, user.sub, format)?;
            if let Some(before) = &user.picture {
                transaction = transaction.hide_picture(&self.picture_name(before))?;
            }
            if let Some(id) = upload {
                transaction = transaction.spend_upload(user.sub, id, meta.now)?;
            }
            match self.commit(transaction).await? {
                None => return Ok((user.picture, edited)),
                Some(Step::SpendUpload) => {
                    return Err(Error::Missing);
                }
                Some(_) => {
                    let now = self.store().user(user.sub).await?;
                    user = now
                        .filter(|user| caller.stands(user, self.moment(meta.now)))
                        .ok_or(Error::Unauthenticated(AuthFailure::Inactive))?;
                }
            }
        }
        Err(contended())
    }

    async fn count_picture(&self, caller: &Caller, meta: &RequestMeta) -> Result<(), Error> {
        let account = caller.user().sub.to_string();
        let limit = &PICTURES_PER_ACCOUNT;
        let counted = self.store().hit(limit, &account, meta.now).await?;
        counted.map(drop).map_err(Error::TooMany)
    }

    fn bucket(&self) -> Result<&Bucket, Error> {
        self.0.bucket.as_ref().ok_or(Error::Disabled)
    }

    fn name_of(&self, id: Uuid) -> String {
        self.ring().object_name(PICTURE, id)
    }

    fn staged_name(&self, user: &User) -> String {
        format!("staging/{}", self.ring().object_name(STAGED, user.sub))
    }
}

fn object(name: &str) -> String {
    format!("pictures/{name}")
}

/// Decodes on a blocking thread: it takes up to a second, and other work must go on.
async fn remade(sent: Vec<u8>) -> Result<Remade, Error> {
    if sent.len() > MAX_BYTES {
        return Err(refused(ProblemKind::FileTooLarge { max: MAX_BYTES }));
    }
    let made = tokio::task::spawn_blocking(move || pictures::reencode(&sent)).await;
    made.ok()
        .and_then(Result::ok)
        .ok_or_else(|| refused(ProblemKind::NotAPicture))
}

fn refused(kind: ProblemKind) -> Error {
    Error::Invalid(vec![Problem::of(FIELD, kind)])
}

fn unavailable(error: BucketError) -> Error {
    Error::Unavailable(error.to_string())
}

/// Removes what no account shows any more. The request has done its work, and does
/// not fail because that cannot be tidied up.
async fn remove(bucket: &Bucket, object: &str) {
    if let Err(error) = bucket.remove(object).await {
        log::event(
            "object_left",
            [
                ("object", Value::from(object)),
                ("reason", Value::from(error.to_string())),
            ],
        );
    }
}
