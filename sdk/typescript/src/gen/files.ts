import { file_google_protobuf_any, file_google_protobuf_duration, file_google_protobuf_field_mask, file_google_protobuf_timestamp } from "@bufbuild/protobuf/wkt";
import { file_google_rpc_status } from "./google/rpc/status_pb.js";
import { file_s2s_v1_account } from "./s2s/v1/account_pb.js";
import { file_s2s_v1_account_service } from "./s2s/v1/account_service_pb.js";
import { file_s2s_v1_money } from "./s2s/v1/money_pb.js";
import { file_s2s_v1_conversion } from "./s2s/v1/conversion_pb.js";
import { file_s2s_v1_adjustment } from "./s2s/v1/adjustment_pb.js";
import { file_s2s_v1_adjustment_service } from "./s2s/v1/adjustment_service_pb.js";
import { file_s2s_v1_api_key } from "./s2s/v1/api_key_pb.js";
import { file_s2s_v1_api_key_service } from "./s2s/v1/api_key_service_pb.js";
import { file_s2s_v1_click } from "./s2s/v1/click_pb.js";
import { file_s2s_v1_note } from "./s2s/v1/note_pb.js";
import { file_s2s_v1_conversion_code } from "./s2s/v1/conversion_code_pb.js";
import { file_s2s_v1_error_reason } from "./s2s/v1/error_reason_pb.js";
import { file_s2s_v1_postback } from "./s2s/v1/postback_pb.js";
import { file_s2s_v1_partner } from "./s2s/v1/partner_pb.js";
import { file_s2s_v1_tracking_link } from "./s2s/v1/tracking_link_pb.js";
import { file_s2s_v1_click_service } from "./s2s/v1/click_service_pb.js";
import { file_s2s_v1_explanation } from "./s2s/v1/explanation_pb.js";
import { file_s2s_v1_setup_warning } from "./s2s/v1/setup_warning_pb.js";
import { file_s2s_v1_conversion_code_service } from "./s2s/v1/conversion_code_service_pb.js";
import { file_s2s_v1_watch } from "./s2s/v1/watch_pb.js";
import { file_s2s_v1_conversion_service } from "./s2s/v1/conversion_service_pb.js";
import { file_s2s_v1_partner_service } from "./s2s/v1/partner_service_pb.js";
import { file_s2s_v1_payout } from "./s2s/v1/payout_pb.js";
import { file_s2s_v1_payout_service } from "./s2s/v1/payout_service_pb.js";
import { file_s2s_v1_postback_service } from "./s2s/v1/postback_service_pb.js";
import { file_s2s_v1_preset } from "./s2s/v1/preset_pb.js";
import { file_s2s_v1_preset_service } from "./s2s/v1/preset_service_pb.js";
import { file_s2s_v1_report } from "./s2s/v1/report_pb.js";
import { file_s2s_v1_report_service } from "./s2s/v1/report_service_pb.js";
import { file_s2s_v1_statement } from "./s2s/v1/statement_pb.js";
import { file_s2s_v1_statement_service } from "./s2s/v1/statement_service_pb.js";
import { file_s2s_v1_tracking_link_service } from "./s2s/v1/tracking_link_service_pb.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The files of the schema.
 */
export const FILES = [
  file_google_protobuf_any,
  file_google_rpc_status,
  file_google_protobuf_timestamp,
  file_s2s_v1_account,
  file_google_protobuf_field_mask,
  file_s2s_v1_account_service,
  file_s2s_v1_money,
  file_s2s_v1_conversion,
  file_s2s_v1_adjustment,
  file_s2s_v1_adjustment_service,
  file_s2s_v1_api_key,
  file_google_protobuf_duration,
  file_s2s_v1_api_key_service,
  file_s2s_v1_click,
  file_s2s_v1_note,
  file_s2s_v1_conversion_code,
  file_s2s_v1_error_reason,
  file_s2s_v1_postback,
  file_s2s_v1_partner,
  file_s2s_v1_tracking_link,
  file_s2s_v1_click_service,
  file_s2s_v1_explanation,
  file_s2s_v1_setup_warning,
  file_s2s_v1_conversion_code_service,
  file_s2s_v1_watch,
  file_s2s_v1_conversion_service,
  file_s2s_v1_partner_service,
  file_s2s_v1_payout,
  file_s2s_v1_payout_service,
  file_s2s_v1_postback_service,
  file_s2s_v1_preset,
  file_s2s_v1_preset_service,
  file_s2s_v1_report,
  file_s2s_v1_report_service,
  file_s2s_v1_statement,
  file_s2s_v1_statement_service,
  file_s2s_v1_tracking_link_service,
];
