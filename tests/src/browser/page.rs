//! A page, as a person uses it and a script asks it.

use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::Error;

/// How long one script waits at most: the drivers give up after 30 s.
const ONE_SCRIPT: Duration = Duration::from_secs(15);

/// A page in a browser.
pub struct Page {
    client: Client,
}

impl Page {
    /// The page of a WebDriver session.
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The session's name at the driver.
    pub(super) async fn session(&self) -> Result<String, Error> {
        self.client.session_id().await?.ok_or(Error::Ended)
    }

    /// Opens `url` and waits until it has loaded.
    ///
    /// # Errors
    /// The page can't be reached.
    pub async fn goto(&self, url: &str) -> Result<(), Error> {
        Ok(self.client.goto(url).await?)
    }

    /// Runs `script`, the body of a function; answers what it returns.
    ///
    /// # Errors
    /// The script throws.
    pub async fn eval(&self, script: &str) -> Result<Value, Error> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs `script`, the body of a function of `args`, which calls its last argument with the answer.
    ///
    /// # Errors
    /// The script throws, or doesn't answer within 30 s.
    pub async fn eval_async(&self, script: &str, args: Vec<Value>) -> Result<Value, Error> {
        Ok(self.client.execute_async(script, args).await?)
    }

    /// Waits until the JavaScript expression `condition` is truthy; answers its value.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when it is not within `patience`.
    pub async fn wait_for(&self, condition: &str, patience: Duration) -> Result<Value, Error> {
        let last = Instant::now() + patience;
        loop {
            let left = last.saturating_duration_since(Instant::now());
            match self.look_for(condition, left.min(ONE_SCRIPT)).await? {
                Ok(value) => return Ok(value),
                Err(state) if left <= ONE_SCRIPT => {
                    return Err(Error::TimedOut {
                        waited: patience,
                        condition: condition.to_owned(),
                        state,
                    });
                }
                Err(_) => {}
            }
        }
    }

    /// The value of `condition` once it is truthy, or what the page shows if it isn't within `patience`.
    async fn look_for(&self, condition: &str, patience: Duration) -> Result<Result<Value, String>, Error> {
        let script = format!(
            "const [patience, answer] = arguments;
             const check = () => {{ try {{ return {condition}; }} catch {{ return null; }} }};
             const state = () => window.anchorStats ? JSON.stringify(anchorStats()) : document.body.innerText;
             const last = performance.now() + patience;
             const look = () => {{
                 const value = check();
                 if (value) answer({{ value }});
                 else if (performance.now() > last) answer({{ state: state() }});
                 else setTimeout(look, 50);
             }};
             look();"
        );
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        let mut answer = self.eval_async(&script, vec![json!(millis)]).await?;
        Ok(match answer.get_mut("value") {
            Some(value) => Ok(value.take()),
            None => Err(answer["state"].as_str().unwrap_or_default().to_owned()),
        })
    }

    /// Clicks on what the CSS selector `selector` finds first, as a person would.
    ///
    /// # Errors
    /// Nothing is found, or something lies over it.
    pub async fn click(&self, selector: &str) -> Result<(), Error> {
        Ok(self.client.find(Locator::Css(selector)).await?.click().await?)
    }

    /// Presses and lets go of the keys one after the other, wherever the focus is: characters, or WebDriver's code
    /// points for the others ([`fantoccini::key::Key`]).
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn press(&self, keys: &str) -> Result<(), Error> {
        let mut actions = KeyActions::new("keyboard".into());
        for value in keys.chars() {
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Presses the keys one upon the other, as in Ctrl+Enter, and lets go of them.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn chord(&self, keys: &str) -> Result<(), Error> {
        let down = keys.chars().map(|value| KeyAction::Down { value });
        let up = keys.chars().rev().map(|value| KeyAction::Up { value });
        let actions = down
            .chain(up)
            .fold(KeyActions::new("keyboard".into()), KeyActions::then);
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Holds a key down for `time`, wherever the focus is.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn hold_key(&self, value: char, time: Duration) -> Result<(), Error> {
        let actions = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value })
            .then(KeyAction::Pause { duration: time })
            .then(KeyAction::Up { value });
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Holds the mouse down on what the CSS selector `selector` finds first, until [`Page::let_go`].
    ///
    /// # Errors
    /// Nothing is found.
    pub async fn hold(&self, selector: &str) -> Result<(), Error> {
        let element = self.client.find(Locator::Css(selector)).await?;
        let actions = MouseActions::new("mouse".into())
            .then(PointerAction::MoveToElement {
                element,
                duration: None,
                x: 0.0,
                y: 0.0,
            })
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            });
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Lets go of whatever is held.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn let_go(&self) -> Result<(), Error> {
        Ok(self.client.release_actions().await?)
    }

    /// Writes `text` into the field that the CSS selector `selector` finds first, in the place of what it held.
    ///
    /// # Errors
    /// Nothing is found, or it takes no text.
    pub async fn write(&self, selector: &str, text: &str) -> Result<(), Error> {
        let field = self.client.find(Locator::Css(selector)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Puts another tab before this one for `time`.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn stand_behind(&self, time: Duration) -> Result<(), Error> {
        let here = self.client.window().await?;
        let other = self.client.new_window(true).await?;
        self.client.switch_to_window(other.handle).await?;
        tokio::time::sleep(time).await;
        self.client.close_window().await?;
        self.client.switch_to_window(here).await?;
        Ok(())
    }

    /// Makes the page itself this large, in CSS pixels: without the window's own edges.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn resize(&self, (width, height): (u32, u32)) -> Result<(), Error> {
        let edges = self
            .eval("return [outerWidth - innerWidth, outerHeight - innerHeight];")
            .await?;
        let edge = |at: usize| {
            edges[at]
                .as_u64()
                .and_then(|edge| u32::try_from(edge).ok())
                .unwrap_or(0)
        };
        Ok(self
            .client
            .set_window_size(width + edge(0), height + edge(1))
            .await?)
    }

    /// Writes a picture of the page to `path`, as PNG.
    ///
    /// # Errors
    /// The picture can't be taken or written.
    pub async fn screenshot(&self, path: &Path) -> Result<(), Error> {
        let png = self.client.screenshot().await?;
        std::fs::write(path, png).map_err(Error::Screenshot)
    }
}
