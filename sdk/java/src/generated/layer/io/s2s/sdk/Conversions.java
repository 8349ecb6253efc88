// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.BatchRecordConversionsRequest;
import io.s2s.sdk.v1.BatchRecordConversionsResponse;
import io.s2s.sdk.v1.Conversion;
import io.s2s.sdk.v1.ConversionFilter;
import io.s2s.sdk.v1.ConversionServiceGrpc;
import io.s2s.sdk.v1.ConversionStatus;
import io.s2s.sdk.v1.ConversionTime;
import io.s2s.sdk.v1.CustomParam;
import io.s2s.sdk.v1.GetConversionRequest;
import io.s2s.sdk.v1.GetConversionResponse;
import io.s2s.sdk.v1.ListConversionsRequest;
import io.s2s.sdk.v1.ListConversionsResponse;
import io.s2s.sdk.v1.ListPartnerConversionsRequest;
import io.s2s.sdk.v1.ListPartnerConversionsResponse;
import io.s2s.sdk.v1.NewConversion;
import io.s2s.sdk.v1.PartnerConversion;
import io.s2s.sdk.v1.RawPostback;
import io.s2s.sdk.v1.RecordConversionRequest;
import io.s2s.sdk.v1.RecordConversionResponse;
import io.s2s.sdk.v1.RecordConversionResult;
import io.s2s.sdk.v1.StreamRecordConversionsRequest;
import io.s2s.sdk.v1.StreamRecordConversionsResponse;
import io.s2s.sdk.v1.WatchConversionsRequest;
import io.s2s.sdk.v1.WatchConversionsResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Records and reads conversions: the sales and sign-ups that follow clicks. */
public final class Conversions {
  private final Calls calls;

  Conversions(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Conversions withTimeout(Duration timeout) {
    return new Conversions(calls.withTimeout(timeout));
  }

  /**
   * Records a conversion. OK means that it is durable and counted exactly once, unless the call was
   * a test. A report that repeats a recorded conversion is answered with {@code
   * CONVERSION_VERDICT_DUPLICATE} or, if it has other amounts, with the error {@code
   * TRANSACTION_CONFLICT}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RecordConversionResponse record(Consumer<RecordParams> params) {
    RecordParams made = new RecordParams();
    params.accept(made);
    return record(made);
  }

  /**
   * Records a conversion. OK means that it is durable and counted exactly once, unless the call was
   * a test. A report that repeats a recorded conversion is answered with {@code
   * CONVERSION_VERDICT_DUPLICATE} or, if it has other amounts, with the error {@code
   * TRANSACTION_CONFLICT}.
   *
   * @throws S2sException if the call fails
   */
  public RecordConversionResponse record(RecordParams params) {
    return calls.unary(ConversionServiceGrpc.getRecordConversionMethod(), params.toRequest());
  }

  /**
   * Records up to 1,000 conversions. Each has its own result; one bad item does not affect the
   * others. An answer has at most 3 MiB: if it would be longer, the last results come without
   * custom parameters, remarks and long messages. A shortened result says so: in a note {@code
   * NOTE_CODE_SHORTENED} or, if it is an error, as {@code shortened} in the metadata of the {@code
   * ErrorInfo}. Verdicts, ids, reasons and the names of invalid fields are never left out.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public BatchRecordConversionsResponse batchRecord(Consumer<BatchRecordParams> params) {
    BatchRecordParams made = new BatchRecordParams();
    params.accept(made);
    return batchRecord(made);
  }

  /**
   * Records up to 1,000 conversions. Each has its own result; one bad item does not affect the
   * others. An answer has at most 3 MiB: if it would be longer, the last results come without
   * custom parameters, remarks and long messages. A shortened result says so: in a note {@code
   * NOTE_CODE_SHORTENED} or, if it is an error, as {@code shortened} in the metadata of the {@code
   * ErrorInfo}. Verdicts, ids, reasons and the names of invalid fields are never left out.
   *
   * @throws S2sException if the call fails
   */
  public BatchRecordConversionsResponse batchRecord(BatchRecordParams params) {
    return calls.unary(ConversionServiceGrpc.getBatchRecordConversionsMethod(), params.toRequest());
  }

  /**
   * Records conversions for as long as the client sends them: the call for millions of conversions.
   * Each has its own result, in the order of the requests. At most 1,000 are in progress, so a
   * sender who does not read results is held up. A server that is shutting down answers the
   * requests it has accepted and ends with UNAVAILABLE; requests without a result by then must be
   * sent again. If two equal conversions are in progress at the same time, either may be the
   * duplicate.
   *
   * <p>The stream has one result for each item, in their order. Close it, for example by {@code
   * try}, to cancel the call if you don't read to its end. Another thread takes the items one after
   * another, at the pace of the server. It has no time limit unless {@code withTimeout} gives one,
   * and nothing in it is sent again automatically.
   *
   * @param items the items, each with the parameters of {@code record}
   * @return the results; reading them throws {@link S2sException} if the call fails
   */
  public Stream<RecordConversionResult> streamRecord(Iterable<RecordParams> items) {
    return calls.stream(
        ConversionServiceGrpc.getStreamRecordConversionsMethod(),
        items,
        item -> StreamRecordConversionsRequest.newBuilder().setRequest(item.toRequest()).build(),
        StreamRecordConversionsResponse::getResult);
  }

  /**
   * Returns one conversion.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetConversionResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one conversion.
   *
   * @throws S2sException if the call fails
   */
  public GetConversionResponse get(GetParams params) {
    return calls.unary(ConversionServiceGrpc.getGetConversionMethod(), params.toRequest());
  }

  /**
   * Returns one conversion.
   *
   * @param conversionId Id of the conversion.
   * @throws S2sException if the call fails
   */
  public GetConversionResponse get(String conversionId) {
    return get(new GetParams().conversionId(conversionId));
  }

  /**
   * Lists the account's conversions, newest first. A page has at most 3 MiB, and the server looks
   * at 20,000 conversions at most to fill it. So a page may have fewer conversions than asked for,
   * or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Conversion> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the account's conversions, newest first. A page has at most 3 MiB, and the server looks
   * at 20,000 conversions at most to fill it. So a page may have fewer conversions than asked for,
   * or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Conversion> list(ListParams params) {
    ListConversionsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                ConversionServiceGrpc.getListConversionsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListConversionsResponse::getConversionsList,
        ListConversionsResponse::getNextPageToken);
  }

  /**
   * Lists the account's conversions, newest first. A page has at most 3 MiB, and the server looks
   * at 20,000 conversions at most to fill it. So a page may have fewer conversions than asked for,
   * or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Conversion> list() {
    return list(new ListParams());
  }

  /**
   * Lists the conversions that are owed to a partner, newest first, as the partner may see them. A
   * page may have fewer conversions than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerConversion> listPartner(Consumer<ListPartnerParams> params) {
    ListPartnerParams made = new ListPartnerParams();
    params.accept(made);
    return listPartner(made);
  }

  /**
   * Lists the conversions that are owed to a partner, newest first, as the partner may see them. A
   * page may have fewer conversions than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerConversion> listPartner(ListPartnerParams params) {
    ListPartnerConversionsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                ConversionServiceGrpc.getListPartnerConversionsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPartnerConversionsResponse::getConversionsList,
        ListPartnerConversionsResponse::getNextPageToken);
  }

  /**
   * Lists the conversions that are owed to a partner, newest first, as the partner may see them. A
   * page may have fewer conversions than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerConversion> listPartner() {
    return listPartner(new ListPartnerParams());
  }

  /**
   * Sends each conversion once it is recorded, and again after each adjustment, by any server of
   * the installation, for as long as the client listens. The stream begins with a heartbeat. Each
   * message has a resume token: a stream that begins with that token goes on behind the message,
   * without a gap and without a repetition, on any server. Conversions that are recorded one after
   * the other come in no order that a client may rely on. An account has at most 100 streams on a
   * server, and a server at most 1,000.
   *
   * <p>Sends only the conversions that pass. {@code time}, {@code startTime} and {@code endTime}
   * must be unset, and {@code clickId} together with {@code allAccounts}.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @param params sets the parameters
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchConversionsResponse> watch(Consumer<WatchParams> params) {
    WatchParams made = new WatchParams();
    params.accept(made);
    return watch(made);
  }

  /**
   * Sends each conversion once it is recorded, and again after each adjustment, by any server of
   * the installation, for as long as the client listens. The stream begins with a heartbeat. Each
   * message has a resume token: a stream that begins with that token goes on behind the message,
   * without a gap and without a repetition, on any server. Conversions that are recorded one after
   * the other come in no order that a client may rely on. An account has at most 100 streams on a
   * server, and a server at most 1,000.
   *
   * <p>Sends only the conversions that pass. {@code time}, {@code startTime} and {@code endTime}
   * must be unset, and {@code clickId} together with {@code allAccounts}.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchConversionsResponse> watch(WatchParams params) {
    WatchConversionsRequest request = params.toRequest();
    return calls.watch(
        ConversionServiceGrpc.getWatchConversionsMethod(),
        token -> token == null ? request : request.toBuilder().setResumeToken(token).build(),
        WatchConversionsResponse::getResumeToken);
  }

  /**
   * Sends each conversion once it is recorded, and again after each adjustment, by any server of
   * the installation, for as long as the client listens. The stream begins with a heartbeat. Each
   * message has a resume token: a stream that begins with that token goes on behind the message,
   * without a gap and without a repetition, on any server. Conversions that are recorded one after
   * the other come in no order that a client may rely on. An account has at most 100 streams on a
   * server, and a server at most 1,000.
   *
   * <p>Sends only the conversions that pass. {@code time}, {@code startTime} and {@code endTime}
   * must be unset, and {@code clickId} together with {@code allAccounts}.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchConversionsResponse> watch() {
    return watch(new WatchParams());
  }

  /** The parameters of {@code record}. */
  public static final class RecordParams {
    private final RecordConversionRequest.Builder request = RecordConversionRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RecordParams() {}

    /** Id of the conversion code, 32 hexadecimal digits. Required. */
    public RecordParams conversionCodeId(String conversionCodeId) {
      conversion().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** The click id, 40 characters, in upper or lower case. Required. */
    public RecordParams clickId(String clickId) {
      conversion().setClickId(clickId);
      return this;
    }

    /**
     * The merchant's order id, at most 255 bytes. Without one, the code's dedupe policy decides
     * which conversions are duplicates. Example: {@code order-1001}.
     */
    public RecordParams transactionId(String transactionId) {
      conversion().setTransactionId(transactionId);
      return this;
    }

    /**
     * Value of the sale; 0 if it has none. An empty {@code currencyCode} means the code's currency.
     * Not negative. Required.
     */
    public RecordParams value(Money value) {
      conversion().setValue(value.toMessage());
      return this;
    }

    /**
     * Amount of the commission, in the currency of {@code value}. An empty {@code currencyCode}
     * means that currency. Not negative.
     */
    public RecordParams commissionAmount(Money commissionAmount) {
      Requests.checkAlone(conversion(), NewConversion.COMMISSION_AMOUNT_FIELD_NUMBER);
      conversion().setCommissionAmount(commissionAmount.toMessage());
      return this;
    }

    /**
     * Percent of {@code value}, in millionths of a percent, 0 to 100,000,000. The amount is rounded
     * half away from zero to a millionth of the unit. Example: {@code 10000000} is 10 %.
     */
    public RecordParams commissionPercentMicros(long commissionPercentMicros) {
      Requests.checkAlone(conversion(), NewConversion.COMMISSION_PERCENT_MICROS_FIELD_NUMBER);
      conversion().setCommissionPercentMicros(commissionPercentMicros);
      return this;
    }

    /**
     * The merchant's decision about the conversion. Unspecified: the {@code defaultStatus} of the
     * conversion code.
     */
    public RecordParams status(ConversionStatus status) {
      conversion().setStatus(status);
      return this;
    }

    /** The merchant's own parameters, at most 64. */
    public RecordParams customParams(Iterable<CustomParam> customParams) {
      conversion().clearCustomParams().addAllCustomParams(customParams);
      return this;
    }

    /** The merchant's own parameters, at most 64. */
    public RecordParams customParams(CustomParam... customParams) {
      return customParams(List.of(customParams));
    }

    /**
     * Time of the conversion. Not set: now. The attribution window is measured up to this time. At
     * most 5 seconds ahead of the server's clock.
     */
    public RecordParams conversionTime(Instant conversionTime) {
      conversion().setConversionTime(Times.message(conversionTime));
      return this;
    }

    /**
     * A postback, from which the conversion is read. OK means that it counts, unless it is a test.
     * A postback that does not count is held, and answered with an error that has {@code
     * PostbackFailure} among its details.
     */
    public RecordParams postback(RawPostback postback) {
      Requests.checkAlone(request, RecordConversionRequest.POSTBACK_FIELD_NUMBER);
      request.setPostback(postback);
      return this;
    }

    /**
     * Makes the call safe to repeat if the report has no transaction id and its code's policy is
     * {@code DEDUPE_POLICY_EVERY}. 1 to 64 bytes. Ignored if an edge hands on a postback, whose
     * {@code postbackId} serves this purpose.
     */
    public RecordParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /**
     * If true, the request is checked and answered as if real, but nothing is written; the verdict
     * is {@code CONVERSION_VERDICT_TEST}. Not for a postback: its own parameter {@code test=1}
     * makes it a test.
     */
    public RecordParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private NewConversion.Builder conversion() {
      Requests.checkAlone(request, RecordConversionRequest.CONVERSION_FIELD_NUMBER);
      return request.getConversionBuilder();
    }

    RecordConversionRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code batchRecord}. */
  public static final class BatchRecordParams {
    private final BatchRecordConversionsRequest.Builder request =
        BatchRecordConversionsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public BatchRecordParams() {}

    /** The conversions to record, 1 to 1,000. Required. */
    public BatchRecordParams requests(Iterable<RecordParams> requests) {
      request.clearRequests();
      for (RecordParams one : requests) {
        request.addRequests(one.toRequest());
      }
      return this;
    }

    /** The conversions to record, 1 to 1,000. Required. */
    public BatchRecordParams requests(RecordParams... requests) {
      return requests(List.of(requests));
    }

    BatchRecordConversionsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetConversionRequest.Builder request = GetConversionRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the conversion. Required. */
    public GetParams conversionId(String conversionId) {
      request.setConversionId(conversionId);
      return this;
    }

    GetConversionRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListConversionsRequest.Builder request = ListConversionsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000. A page may have fewer, or none: only an empty {@code nextPageToken} ends the list.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** Id of the conversion code. */
    public ListParams conversionCodeId(String conversionCodeId) {
      filter().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Id of the tracking link. */
    public ListParams trackingLinkId(String trackingLinkId) {
      filter().setTrackingLinkId(trackingLinkId);
      return this;
    }

    /** The click id. */
    public ListParams clickId(String clickId) {
      filter().setClickId(clickId);
      return this;
    }

    /** The merchant's order id, compared byte by byte. */
    public ListParams transactionId(String transactionId) {
      filter().setTransactionId(transactionId);
      return this;
    }

    /** Present status. Unspecified: all. */
    public ListParams status(ConversionStatus status) {
      filter().setStatus(status);
      return this;
    }

    /** Status with which the conversion was recorded. Unspecified: all. */
    public ListParams recordedStatus(ConversionStatus recordedStatus) {
      filter().setRecordedStatus(recordedStatus);
      return this;
    }

    /**
     * Kind of time that {@code startTime} and {@code endTime} limit. Unspecified: the time of
     * recording.
     */
    public ListParams time(ConversionTime time) {
      filter().setTime(time);
      return this;
    }

    /** Earliest time, inclusive. */
    public ListParams startTime(Instant startTime) {
      filter().setStartTime(Times.message(startTime));
      return this;
    }

    /** Latest time, exclusive. */
    public ListParams endTime(Instant endTime) {
      filter().setEndTime(Times.message(endTime));
      return this;
    }

    /** Id of the partner. */
    public ListParams partnerId(String partnerId) {
      filter().setPartnerId(partnerId);
      return this;
    }

    private ConversionFilter.Builder filter() {
      return request.getFilterBuilder();
    }

    ListConversionsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code listPartner}. */
  public static final class ListPartnerParams {
    private final ListPartnerConversionsRequest.Builder request =
        ListPartnerConversionsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListPartnerParams() {}

    /**
     * Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000.
     */
    public ListPartnerParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /**
     * Id of the partner, {@code partner_…}. May be empty for the key of a partner, which names its
     * own.
     */
    public ListPartnerParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    /** Earliest time of recording, inclusive. */
    public ListPartnerParams startTime(Instant startTime) {
      request.setStartTime(Times.message(startTime));
      return this;
    }

    /** Latest time of recording, exclusive. */
    public ListPartnerParams endTime(Instant endTime) {
      request.setEndTime(Times.message(endTime));
      return this;
    }

    ListPartnerConversionsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code watch}. */
  public static final class WatchParams {
    private final WatchConversionsRequest.Builder request = WatchConversionsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public WatchParams() {}

    /** Id of the conversion code. */
    public WatchParams conversionCodeId(String conversionCodeId) {
      filter().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Id of the tracking link. */
    public WatchParams trackingLinkId(String trackingLinkId) {
      filter().setTrackingLinkId(trackingLinkId);
      return this;
    }

    /** The click id. */
    public WatchParams clickId(String clickId) {
      filter().setClickId(clickId);
      return this;
    }

    /** The merchant's order id, compared byte by byte. */
    public WatchParams transactionId(String transactionId) {
      filter().setTransactionId(transactionId);
      return this;
    }

    /** Present status. Unspecified: all. */
    public WatchParams status(ConversionStatus status) {
      filter().setStatus(status);
      return this;
    }

    /** Status with which the conversion was recorded. Unspecified: all. */
    public WatchParams recordedStatus(ConversionStatus recordedStatus) {
      filter().setRecordedStatus(recordedStatus);
      return this;
    }

    /** Id of the partner. */
    public WatchParams partnerId(String partnerId) {
      filter().setPartnerId(partnerId);
      return this;
    }

    /**
     * The resume token of a message of an earlier stream. Empty: the stream begins with what is
     * recorded from now on. The server keeps events for 7 days; an older token is refused with
     * {@code RESUME_TOKEN_TOO_OLD}.
     */
    public WatchParams resumeToken(String resumeToken) {
      request.setResumeToken(resumeToken);
      return this;
    }

    /**
     * Sends the conversions of all accounts. Needs the scope {@code admin} besides {@code read}.
     */
    public WatchParams allAccounts(boolean allAccounts) {
      request.setAllAccounts(allAccounts);
      return this;
    }

    private ConversionFilter.Builder filter() {
      return request.getFilterBuilder();
    }

    WatchConversionsRequest toRequest() {
      return request.build();
    }
  }
}
