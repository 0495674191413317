//! Bodies that several families of one contract answer with.

/// What is answered to a path whose parameter holds a question mark, with the `Detail` of
/// the module that asks. Only operations need it whose own answers have no 404.
macro_rules! answer_to_cut_path {
    () => {
        /// What is answered to a path with a question mark in its parameter: gateways hand
        /// it on decoded, so what follows counts as a query, and no route has the rest.
        #[derive(utoipa::IntoResponses)]
        pub enum CutPath {
            /// No such resource
            #[response(status = 404)]
            Cut(Detail),
        }
    };
}
use answer_to_cut_path;

/// The answers that most operations share, with the `Detail` of the module that asks: the
/// contracts' bodies differ, and their meaning does not.
macro_rules! answers_of_all {
    () => {
        /// What any operation with a JSON body answers where the body is not read.
        #[derive(utoipa::IntoResponses)]
        pub enum BodyRefused {
            /// Larger than any form of ours
            #[response(status = 413)]
            TooLarge(Detail),
            /// Not JSON
            #[response(status = 415)]
            NotJson(Detail),
        }

        /// What any operation answers while AWS does not.
        #[derive(utoipa::IntoResponses)]
        pub enum Unavailable {
            /// AWS did not answer in time; Retry-After says when to try again
            #[response(status = 503)]
            Unavailable(Detail),
        }

        /// What an operation for signed-in users answers to anybody else.
        #[derive(utoipa::IntoResponses)]
        pub enum NotSignedIn {
            /// Not signed in
            #[response(status = 401)]
            NotSignedIn(Detail),
        }
    };
}
use answers_of_all;

pub mod auth_service;
pub mod cashless;
pub mod djangocfg;
pub mod fastapi;
pub mod nauth;
