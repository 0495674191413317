//! A family's operations, to be served or to be described.
//!
//! `#[utoipa::path]` says beside each handler where it is served and what a client
//! may expect of it. A Lambda needs only the former: to compose the documents of
//! all operations and throw them away took a tenth of every start and a megabyte of
//! its memory. So a family lists its operations once, for whatever is made of them:
//! a [`Router`], which has nothing of the documents in it, or an [`OpenApiRouter`]
//! for those.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::Path;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

// For the macros below, in crates that name neither.
#[doc(hidden)]
pub use {pastey::paste, utoipa_axum};

/// What is made of operations that need an `S`.
pub trait Routes<S>: Default {
    /// With one more, which `P` describes in short and `document` at length. Several
    /// may share a path.
    #[must_use]
    fn operation<P: Path, H: Handler<T, S>, T: 'static>(
        self,
        handler: H,
        document: impl FnOnce() -> UtoipaMethodRouter<S>,
    ) -> Self;

    /// With those of another, too.
    #[must_use]
    fn and(self, others: Self) -> Self;

    /// With something around all of them when they are served.
    #[must_use]
    fn within(self, layers: impl FnOnce(Router<S>) -> Router<S>) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for Router<S> {
    fn operation<P: Path, H: Handler<T, S>, T: 'static>(
        self,
        handler: H,
        _: impl FnOnce() -> UtoipaMethodRouter<S>,
    ) -> Self {
        let methods = P::methods().into_iter();
        let served = methods.fold(MethodRouter::new(), |served, method| {
            served.on(method.to_method_filter(), handler.clone())
        });
        self.route(&P::path(), served)
    }

    fn and(self, others: Self) -> Self {
        self.merge(others)
    }

    fn within(self, layers: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        layers(self)
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> for OpenApiRouter<S> {
    fn operation<P: Path, H: Handler<T, S>, T: 'static>(
        self,
        _: H,
        document: impl FnOnce() -> UtoipaMethodRouter<S>,
    ) -> Self {
        self.routes(document())
    }

    fn and(self, others: Self) -> Self {
        self.merge(others)
    }

    fn within(self, _: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self
    }
}

/// The [`Routes`] of these handlers, by their paths.
///
/// ```ignore
/// routes!(profile_read::handle, profile_update::handle)
/// ```
#[macro_export]
macro_rules! routes {
    ($($($segment:ident)::+),+ $(,)?) => {{
        let routes = Default::default();
        $(
            let routes = $crate::routes::Routes::operation::<$crate::described!($($segment)::+), _, _>(
                routes,
                $($segment)::+,
                || $crate::routes::utoipa_axum::routes!($($segment)::+),
            );
        )+
        routes
    }};
}

/// The type by which `#[utoipa::path]` describes a handler.
#[doc(hidden)]
#[macro_export]
macro_rules! described {
    ($handler:ident) => { $crate::routes::paste!([<__path_ $handler>]) };
    ($of:ident::$handler:ident) => { $crate::routes::paste!($of::[<__path_ $handler>]) };
    ($of:ident::$within:ident::$handler:ident) => {
        $crate::routes::paste!($of::$within::[<__path_ $handler>])
    };
}
