// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.Click;
import io.s2s.sdk.v1.ClickFlag;
import io.s2s.sdk.v1.ClickServiceGrpc;
import io.s2s.sdk.v1.EraseVisitorRequest;
import io.s2s.sdk.v1.EraseVisitorResponse;
import io.s2s.sdk.v1.ExplainClickRequest;
import io.s2s.sdk.v1.ExplainClickResponse;
import io.s2s.sdk.v1.GetClickRequest;
import io.s2s.sdk.v1.GetClickResponse;
import io.s2s.sdk.v1.ListClicksRequest;
import io.s2s.sdk.v1.ListClicksResponse;
import io.s2s.sdk.v1.RecordClickRequest;
import io.s2s.sdk.v1.RecordClickResponse;
import io.s2s.sdk.v1.RotateClickIdKeyRequest;
import io.s2s.sdk.v1.RotateClickIdKeyResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
 * visitors, and rotates the keys of click ids.
 */
public final class Clicks {
  private final Calls calls;

  Clicks(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Clicks withTimeout(Duration timeout) {
    return new Clicks(calls.withTimeout(timeout));
  }

  /**
   * Records a click, for partners who redirect visitors themselves. A repeated call with the same
   * {@code clickId}, or with the same link, {@code clickTime} and {@code requestId}, returns the
   * click that the first call recorded.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RecordClickResponse record(Consumer<RecordParams> params) {
    RecordParams made = new RecordParams();
    params.accept(made);
    return record(made);
  }

  /**
   * Records a click, for partners who redirect visitors themselves. A repeated call with the same
   * {@code clickId}, or with the same link, {@code clickTime} and {@code requestId}, returns the
   * click that the first call recorded.
   *
   * @throws S2sException if the call fails
   */
  public RecordClickResponse record(RecordParams params) {
    return calls.unary(ClickServiceGrpc.getRecordClickMethod(), params.toRequest());
  }

  /**
   * Records a click, for partners who redirect visitors themselves. A repeated call with the same
   * {@code clickId}, or with the same link, {@code clickTime} and {@code requestId}, returns the
   * click that the first call recorded.
   *
   * @param trackingLinkId Id of the tracking link.
   * @throws S2sException if the call fails
   */
  public RecordClickResponse record(String trackingLinkId) {
    return record(new RecordParams().trackingLinkId(trackingLinkId));
  }

  /**
   * Returns one click.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetClickResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one click.
   *
   * @throws S2sException if the call fails
   */
  public GetClickResponse get(GetParams params) {
    return calls.unary(ClickServiceGrpc.getGetClickMethod(), params.toRequest());
  }

  /**
   * Returns one click.
   *
   * @param clickId The click id, 40 characters.
   * @throws S2sException if the call fails
   */
  public GetClickResponse get(String clickId) {
    return get(new GetParams().clickId(clickId));
  }

  /**
   * Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with {@code
   * withoutFlags}, the server looks at 20,000 clicks at most to fill it. So a page may have fewer
   * clicks than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Click> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with {@code
   * withoutFlags}, the server looks at 20,000 clicks at most to fill it. So a page may have fewer
   * clicks than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Click> list(ListParams params) {
    ListClicksRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                ClickServiceGrpc.getListClicksMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListClicksResponse::getClicksList,
        ListClicksResponse::getNextPageToken);
  }

  /**
   * Lists the clicks of one tracking link, newest first. A page has at most 3 MiB; with {@code
   * withoutFlags}, the server looks at 20,000 clicks at most to fill it. So a page may have fewer
   * clicks than asked for, or none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param trackingLinkId Id of the tracking link whose clicks are listed.
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Click> list(String trackingLinkId) {
    return list(new ListParams().trackingLinkId(trackingLinkId));
  }

  /**
   * Explains what happened to a click: its link, its conversions, and the held postbacks that name
   * it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A shortened
   * postback has no body, only the beginning of its target, and a single note, {@code
   * NOTE_CODE_SHORTENED}, in place of its own notes. A shortened conversion has no custom
   * parameters; if there are such conversions, the {@code notes} of the answer have one {@code
   * NOTE_CODE_SHORTENED}. {@code postbacks().get} and {@code conversions().get} return all of a
   * postback or conversion.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ExplainClickResponse explain(Consumer<ExplainParams> params) {
    ExplainParams made = new ExplainParams();
    params.accept(made);
    return explain(made);
  }

  /**
   * Explains what happened to a click: its link, its conversions, and the held postbacks that name
   * it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A shortened
   * postback has no body, only the beginning of its target, and a single note, {@code
   * NOTE_CODE_SHORTENED}, in place of its own notes. A shortened conversion has no custom
   * parameters; if there are such conversions, the {@code notes} of the answer have one {@code
   * NOTE_CODE_SHORTENED}. {@code postbacks().get} and {@code conversions().get} return all of a
   * postback or conversion.
   *
   * @throws S2sException if the call fails
   */
  public ExplainClickResponse explain(ExplainParams params) {
    return calls.unary(ClickServiceGrpc.getExplainClickMethod(), params.toRequest());
  }

  /**
   * Explains what happened to a click: its link, its conversions, and the held postbacks that name
   * it. If the answer would be longer than 3 MiB, the end of its lists is shortened. A shortened
   * postback has no body, only the beginning of its target, and a single note, {@code
   * NOTE_CODE_SHORTENED}, in place of its own notes. A shortened conversion has no custom
   * parameters; if there are such conversions, the {@code notes} of the answer have one {@code
   * NOTE_CODE_SHORTENED}. {@code postbacks().get} and {@code conversions().get} return all of a
   * postback or conversion.
   *
   * @param clickId The click id, 40 characters, in upper or lower case.
   * @throws S2sException if the call fails
   */
  public ExplainClickResponse explain(String clickId) {
    return explain(new ExplainParams().clickId(clickId));
  }

  /**
   * Erases all data that identifies the visitor of a click: from the click, its conversions and the
   * postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing counts
   * differently than before. OK means that the erasure is durable. Repeating it changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public EraseVisitorResponse eraseVisitor(Consumer<EraseVisitorParams> params) {
    EraseVisitorParams made = new EraseVisitorParams();
    params.accept(made);
    return eraseVisitor(made);
  }

  /**
   * Erases all data that identifies the visitor of a click: from the click, its conversions and the
   * postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing counts
   * differently than before. OK means that the erasure is durable. Repeating it changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public EraseVisitorResponse eraseVisitor(EraseVisitorParams params) {
    return calls.unary(ClickServiceGrpc.getEraseVisitorMethod(), params.toRequest());
  }

  /**
   * Erases all data that identifies the visitor of a click: from the click, its conversions and the
   * postbacks that name it. The erasure is permanent. Ids, times and money stay, and nothing counts
   * differently than before. OK means that the erasure is durable. Repeating it changes nothing.
   *
   * @param clickId The click id, 40 characters, in upper or lower case. A genuine click id is
   *     enough: the click may be not yet recorded, or no longer stored.
   * @throws S2sException if the call fails
   */
  public EraseVisitorResponse eraseVisitor(String clickId) {
    return eraseVisitor(new EraseVisitorParams().clickId(clickId));
  }

  /**
   * Makes a new key for click ids. Within two seconds, every core and every edge that reaches its
   * core mints with it. Ids of the former keys count for an overlap; after it, they count only if
   * their click is stored. Needs the scope {@code admin}: the keys are those of the whole
   * installation.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RotateClickIdKeyResponse rotateClickIdKey(Consumer<RotateClickIdKeyParams> params) {
    RotateClickIdKeyParams made = new RotateClickIdKeyParams();
    params.accept(made);
    return rotateClickIdKey(made);
  }

  /**
   * Makes a new key for click ids. Within two seconds, every core and every edge that reaches its
   * core mints with it. Ids of the former keys count for an overlap; after it, they count only if
   * their click is stored. Needs the scope {@code admin}: the keys are those of the whole
   * installation.
   *
   * @throws S2sException if the call fails
   */
  public RotateClickIdKeyResponse rotateClickIdKey(RotateClickIdKeyParams params) {
    return calls.unary(ClickServiceGrpc.getRotateClickIdKeyMethod(), params.toRequest());
  }

  /**
   * Makes a new key for click ids. Within two seconds, every core and every edge that reaches its
   * core mints with it. Ids of the former keys count for an overlap; after it, they count only if
   * their click is stored. Needs the scope {@code admin}: the keys are those of the whole
   * installation.
   *
   * @throws S2sException if the call fails
   */
  public RotateClickIdKeyResponse rotateClickIdKey() {
    return rotateClickIdKey(new RotateClickIdKeyParams());
  }

  /** The parameters of {@code record}. */
  public static final class RecordParams {
    private final RecordClickRequest.Builder request = RecordClickRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RecordParams() {}

    /** Id of the tracking link. Required. */
    public RecordParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    /**
     * The click id, if the caller is an edge that has minted it. Otherwise empty: the system mints
     * one.
     */
    public RecordParams clickId(String clickId) {
      request.setClickId(clickId);
      return this;
    }

    /**
     * The visitor's sub ids: keys {@code sub1} to {@code sub10}, values of at most 1,024
     * characters.
     */
    public RecordParams subIds(Map<String, String> subIds) {
      request.clearSubIds().putAllSubIds(subIds);
      return this;
    }

    /** The visitor's whole query, cut off after 2,048 bytes. */
    public RecordParams query(String query) {
      request.setQuery(query);
      return this;
    }

    /** The visitor's {@code Referer}, cut off after 1,024 bytes. */
    public RecordParams referrer(String referrer) {
      request.setReferrer(referrer);
      return this;
    }

    /** The visitor's {@code User-Agent}, cut off after 512 bytes. */
    public RecordParams userAgent(String userAgent) {
      request.setUserAgent(userAgent);
      return this;
    }

    /**
     * The visitor's address, IPv4 or IPv6, stored according to the server's {@code
     * --store-addresses}. Empty: not known.
     */
    public RecordParams address(String address) {
      request.setAddress(address);
      return this;
    }

    /**
     * Time of the click. Not set: now. At most 5 seconds ahead of the server's clock. Not allowed
     * together with {@code clickId}, which holds its time.
     */
    public RecordParams clickTime(Instant clickTime) {
      request.setClickTime(Times.message(clickTime));
      return this;
    }

    /**
     * Makes the call safe to repeat: the same link, {@code clickTime} and request id give the same
     * click id. 1 to 64 bytes. Needs {@code clickTime}. Not for use with {@code clickId}, which
     * serves the same purpose.
     */
    public RecordParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public RecordParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    /**
     * Flags that the caller has found by other means than the user agent. The server itself
     * recognises robots by their user agent.
     */
    public RecordParams flags(Iterable<ClickFlag> flags) {
      request.clearFlags().addAllFlags(flags);
      return this;
    }

    /**
     * Flags that the caller has found by other means than the user agent. The server itself
     * recognises robots by their user agent.
     */
    public RecordParams flags(ClickFlag... flags) {
      return flags(List.of(flags));
    }

    RecordClickRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetClickRequest.Builder request = GetClickRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** The click id, 40 characters. Required. */
    public GetParams clickId(String clickId) {
      request.setClickId(clickId);
      return this;
    }

    GetClickRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListClicksRequest.Builder request = ListClicksRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /** Id of the tracking link whose clicks are listed. Required. */
    public ListParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    /**
     * Maximum number of clicks to return, 1 to 1,000. 0 means 50; larger values are read as 1,000.
     * A page may have fewer, or none: only an empty {@code nextPageToken} ends the list.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /**
     * Lists only clicks that have none of these flags. Example: {@code BOT}, {@code PREFETCH} and
     * {@code PREVIEW} leave the clicks of people.
     */
    public ListParams withoutFlags(Iterable<ClickFlag> withoutFlags) {
      request.clearWithoutFlags().addAllWithoutFlags(withoutFlags);
      return this;
    }

    /**
     * Lists only clicks that have none of these flags. Example: {@code BOT}, {@code PREFETCH} and
     * {@code PREVIEW} leave the clicks of people.
     */
    public ListParams withoutFlags(ClickFlag... withoutFlags) {
      return withoutFlags(List.of(withoutFlags));
    }

    ListClicksRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code explain}. */
  public static final class ExplainParams {
    private final ExplainClickRequest.Builder request = ExplainClickRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ExplainParams() {}

    /** The click id, 40 characters, in upper or lower case. Required. */
    public ExplainParams clickId(String clickId) {
      request.setClickId(clickId);
      return this;
    }

    ExplainClickRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code eraseVisitor}. */
  public static final class EraseVisitorParams {
    private final EraseVisitorRequest.Builder request = EraseVisitorRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public EraseVisitorParams() {}

    /**
     * The click id, 40 characters, in upper or lower case. A genuine click id is enough: the click
     * may be not yet recorded, or no longer stored. Required.
     */
    public EraseVisitorParams clickId(String clickId) {
      request.setClickId(clickId);
      return this;
    }

    /** If true, the request is answered as if real, but nothing is written. */
    public EraseVisitorParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    EraseVisitorRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code rotateClickIdKey}. */
  public static final class RotateClickIdKeyParams {
    private final RotateClickIdKeyRequest.Builder request = RotateClickIdKeyRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RotateClickIdKeyParams() {}

    /**
     * Time for which ids of the former keys count although their click is not stored: 0 seconds to
     * 400 days, whole seconds. 0 ends the keys at once; use it if a key was stolen. A key that ends
     * sooner is not prolonged. Not set: the longest attribution window that any conversion code
     * has, or 30 days if there is no code.
     */
    public RotateClickIdKeyParams overlap(Duration overlap) {
      request.setOverlap(Times.message(overlap));
      return this;
    }

    /**
     * Makes the call safe to repeat: a call with the request id of an earlier rotation makes no
     * further key. 1 to 64 bytes. Example: a UUID.
     */
    public RotateClickIdKeyParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /**
     * If true, the request is checked, but nothing is written; the answer has the keys as they are.
     */
    public RotateClickIdKeyParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    RotateClickIdKeyRequest toRequest() {
      return request.build();
    }
  }
}
