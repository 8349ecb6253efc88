//! Values that are kept in a text column as JSON.

/// Declares how a type that serde knows is kept in a text column, as JSON. Used with
/// `#[sea_orm(value_type = "String")]`.
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
