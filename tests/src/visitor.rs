//! A person with a browser, as far as forms and one cookie go.

use flows::RequestMeta;

use crate::{Answer, Anyone, World};

/// A browser that shows a page.
#[derive(Clone)]
pub struct Visitor<'w> {
    anyone: Anyone<'w>,
    cookie: Option<String>,
    /// What it shows.
    pub page: Answer,
}

impl<'w> Visitor<'w> {
    /// Opens `path`.
    pub async fn open(anyone: Anyone<'w>, path: &str) -> Self {
        let page = anyone.get(path).await;
        let mut this = Self {
            anyone,
            cookie: None,
            page,
        };
        this.keep_cookie();
        this.follow().await;
        this
    }

    /// Opens another page with the same browser. Follows redirects.
    pub async fn go(&mut self, path: &str) -> &mut Self {
        self.page = self.with_cookie().get(path).await;
        self.keep_cookie();
        self.follow().await;
        self
    }

    /// Goes where the page sends the browser, as long as it is one of ours.
    async fn follow(&mut self) {
        for _ in 0..5 {
            if self.page.status != 303 {
                return;
            }
            let to = self.page.header("location").to_owned();
            assert!(to.starts_with('/'), "{to}");
            self.page = self.with_cookie().get(&to).await;
            self.keep_cookie();
        }
    }

    /// Fills the form that posts to `action` and sends it.
    pub async fn fill(&mut self, action: &str, typed: &[(&str, &str)]) -> &mut Self {
        self.press(action, action, typed).await
    }

    /// Fills the form that posts to `action` and sends it by the button that
    /// posts it to `to`. Follows a redirect.
    ///
    /// # Panics
    /// If the page has no such form.
    pub async fn press(&mut self, action: &str, to: &str, typed: &[(&str, &str)]) -> &mut Self {
        let mut fields = self.hidden(action);
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| name == other));
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(typed.iter().copied())
            .collect();
        self.page = self.with_cookie().form(to, &fields).await;
        self.keep_cookie();
        self.follow().await;
        self
    }

    /// Says who signs in, on the page that asks for that.
    pub async fn named(&mut self, name: &str) -> &mut Self {
        self.fill("/sign-in", &[("name", name)]).await
    }

    /// Has a code sent to `contact`, on the page that is open.
    pub async fn ask_for_code(&mut self, contact: &str) -> &mut Self {
        self.named(contact).await;
        self.fill("/sign-in/send", &[]).await
    }

    /// Signs in by password, on the page that is open, as far as that goes.
    pub async fn with_password(&mut self, name: &str, password: &str) -> &mut Self {
        self.named(name).await;
        self.fill("/sign-in/password", &[("password", password)])
            .await
    }

    /// Signs in with the code from a real letter, as far as that goes.
    pub async fn with_code(&mut self, address: &str) -> &mut Self {
        self.ask_for_code(address).await;
        assert_eq!(self.page.status, 200, "{}", self.page.text);
        let code = self.anyone.world().code(address);
        self.fill("/sign-in/code", &[("code", &code)]).await
    }

    /// Signs in with the code from a real letter, on the page that is open.
    ///
    /// # Panics
    /// If any step fails.
    pub async fn sign_in(&mut self, address: &str) -> &mut Self {
        self.with_code(address).await;
        assert!(
            self.page.text.contains("Signed in as"),
            "{}",
            self.page.text
        );
        self
    }

    /// The world that it is in.
    #[must_use]
    pub fn world(&self) -> &'w World {
        self.anyone.world()
    }

    /// The circumstances of its requests, for calling a flow itself.
    ///
    /// # Panics
    /// If it is at no address.
    #[must_use]
    pub fn meta(&self) -> RequestMeta {
        RequestMeta {
            now: self.world().now(),
            ip: self.anyone.ip().parse().expect("an address"),
            user_agent: String::new(),
            language: None,
            time_zone: None,
        }
    }

    /// The cookie that the browser holds.
    #[must_use]
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// The same browser with another cookie in it.
    #[must_use]
    pub fn holding(mut self, cookie: &str) -> Self {
        self.cookie = Some(cookie.to_owned());
        self
    }

    /// The hidden fields of the form that posts to `action`.
    ///
    /// # Panics
    /// If the page has no such form.
    #[must_use]
    #[track_caller]
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let start = format!("<form method=\"post\" action=\"{action}\"");
        let (_, form) = self
            .page
            .text
            .split_once(&start)
            .unwrap_or_else(|| panic!("no form for {action} in {}", self.page.text));
        let form = form.split("</form>").next().unwrap_or_default();
        let inputs = form.split("<input ").skip(1);
        let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
        hidden
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect()
    }

    fn with_cookie(&self) -> Anyone<'w> {
        match &self.cookie {
            Some(cookie) => self.anyone.clone().header("cookie", cookie),
            None => self.anyone.clone(),
        }
    }

    fn keep_cookie(&mut self) {
        let set = self.page.header("set-cookie");
        if let Some(cookie) = set.split(';').next().filter(|cookie| !cookie.is_empty()) {
            self.cookie = Some(cookie.to_owned());
        }
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let (_, rest) = tag
        .split_once(&format!("{name}=\""))
        .unwrap_or_else(|| panic!("no {name} in {tag}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}
