//! The codec of the generated stubs: Protocol Buffers, with a bound on the entries in a request.
//!
//! Two bytes of a message can hold an entry of a list, and an entry takes up to some 400 bytes once
//! it is decoded. A request of 4 MiB could therefore take hundreds of MiB. So the entries of all
//! lists of a large request are counted before it is decoded.

use std::marker::PhantomData;

use prost::{Message, Name};
use tonic::{
    Status,
    codec::{self, DecodeBuf, Decoder},
};
use tonic_prost::{ProstDecoder, ProstEncoder};

/// The codec of a stub that sends `T` and receives `U`.
#[derive(Debug)]
pub struct Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Name + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = BoundedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::default()
    }

    fn decoder(&mut self) -> Self::Decoder {
        BoundedDecoder(ProstDecoder::default())
    }
}

/// Decodes `U`. Refuses a request whose lists have too many entries.
#[derive(Debug)]
pub struct BoundedDecoder<U>(ProstDecoder<U>);

impl<U: Message + Name + Default> Decoder for BoundedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // The library passes each message in one piece.
        #[cfg(feature = "server")]
        bound::check::<U>(prost::bytes::Buf::chunk(buf))?;
        self.0.decode(buf)
    }
}

#[cfg(feature = "server")]
pub use bound::ENTRIES_MAX;

/// Counting of entries.
#[cfg(feature = "server")]
mod bound {
    use std::sync::LazyLock;

    use prost::{
        Name,
        bytes::Buf as _,
        encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field},
    };
    use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
    use tonic::Status;

    /// Maximum number of entries in all lists of a request: more than the largest batch has, with
    /// all custom parameters of each of its conversions.
    pub const ENTRIES_MAX: usize = 70_000;
    /// Size of the shortest entry in a list of messages or texts, in bytes: its key and its length.
    const ENTRY_BYTES_MIN: usize = 2;
    /// Maximum depth of a message within messages. Deeper messages are refused when decoded.
    const DEPTH_MAX: usize = 100;

    static POOL: LazyLock<Option<DescriptorPool>> =
        LazyLock::new(|| DescriptorPool::decode(crate::v1::DESCRIPTOR).ok());

    /// Refuses a request whose lists have more than `ENTRIES_MAX` entries. Any other message, such
    /// as an answer that a client receives, passes.
    pub fn check<U: Name>(bytes: &[u8]) -> Result<(), Status> {
        if bytes.len() <= ENTRIES_MAX * ENTRY_BYTES_MIN || !U::NAME.ends_with("Request") {
            return Ok(());
        }
        let message = POOL.as_ref().and_then(|pool| pool.get_message_by_name(&U::full_name()));
        let within = message.is_none_or(|message| entries(&message, bytes, 0, 0).is_some());
        within.then_some(()).ok_or_else(|| Status::out_of_range("more entries than a request may have"))
    }

    /// Adds the number of entries in the lists of a message to `before`. `None` if there are more
    /// than `ENTRIES_MAX`. Bytes that can't be read are not counted, because decoding fails at
    /// them.
    fn entries(message: &MessageDescriptor, mut bytes: &[u8], before: usize, depth: usize) -> Option<usize> {
        let mut count = before;
        while let Ok((tag, wire_type)) = decode_key(&mut bytes) {
            if wire_type != WireType::LengthDelimited {
                if skip_field(wire_type, tag, &mut bytes, DecodeContext::default()).is_err() {
                    break;
                }
                continue;
            }
            let length = decode_varint(&mut bytes).ok().and_then(|length| usize::try_from(length).ok());
            let Some(value) = length.and_then(|length| bytes.get(..length)) else { break };
            bytes.advance(value.len());
            let Some(field) = message.get_field(tag) else { continue };
            if field.is_list() || field.is_map() {
                count += 1;
            }
            if count > ENTRIES_MAX {
                return None;
            }
            if let Kind::Message(message) = field.kind()
                && depth < DEPTH_MAX
            {
                count = entries(&message, value, count, depth + 1)?;
            }
        }
        Some(count)
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::v1::{
            BatchRecordConversionsRequest, CustomParam, ListConversionsResponse, NewConversion,
            RecordConversionRequest, record_conversion_request::Report,
        };
        use prost::Message as _;

        fn batch(requests: usize, params: usize) -> BatchRecordConversionsRequest {
            let custom_params = vec![CustomParam::default(); params];
            let conversion = NewConversion { custom_params, ..NewConversion::default() };
            let report = Some(Report::Conversion(conversion));
            let request = RecordConversionRequest { report, ..RecordConversionRequest::default() };
            BatchRecordConversionsRequest { requests: vec![request; requests] }
        }

        #[test]
        fn entries_are_counted_at_every_depth() {
            for (requests, params, passes) in [
                (0, 0, true),
                (1_000, 64, true),
                (ENTRIES_MAX, 0, true),
                (ENTRIES_MAX + 1, 0, false),
                (1, ENTRIES_MAX - 1, true),
                (1, ENTRIES_MAX, false),
                (ENTRIES_MAX / 2, 1, true),
                (ENTRIES_MAX / 2 + 1, 1, false),
            ] {
                let bytes = batch(requests, params).encode_to_vec();
                let passed = check::<BatchRecordConversionsRequest>(&bytes).is_ok();
                assert_eq!(passed, passes, "{requests} requests with {params} parameters");
            }
        }

        #[test]
        fn answers_and_what_cannot_be_read_pass() {
            let many = batch(ENTRIES_MAX + 1, 0).encode_to_vec();
            assert!(check::<ListConversionsResponse>(&many).is_ok());
            let cut = [0x0a, 0xff].repeat(ENTRIES_MAX + 1);
            assert!(check::<BatchRecordConversionsRequest>(&cut).is_ok());
        }
    }
}
