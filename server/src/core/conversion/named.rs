//! Conversions by the names that others have for them: order ids and clicks.

mod store;

pub use self::store::{all_of_clicks, of_clicks, of_order, of_orders};
