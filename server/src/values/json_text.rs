//! Values that a text column stores as JSON.

/// Implements `Display` and `FromStr` as JSON for a serde type, so that a text column can store it.
/// Used with `#[sea_orm(value_type = "String")]`.
macro_rules! json_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&serde_json::to_string(self).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::str::FromStr for $name {
            type Err = serde_json::Error;

            fn from_str(text: &str) -> Result<Self, serde_json::Error> {
                serde_json::from_str(text)
            }
        }
    };
}
pub(crate) use json_text;
