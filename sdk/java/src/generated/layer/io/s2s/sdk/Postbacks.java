// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import com.google.protobuf.ByteString;
import io.s2s.sdk.v1.ExplainPostbackRequest;
import io.s2s.sdk.v1.ExplainPostbackResponse;
import io.s2s.sdk.v1.GetPostbackRequest;
import io.s2s.sdk.v1.GetPostbackResponse;
import io.s2s.sdk.v1.ListPostbacksRequest;
import io.s2s.sdk.v1.ListPostbacksResponse;
import io.s2s.sdk.v1.Postback;
import io.s2s.sdk.v1.PostbackFilter;
import io.s2s.sdk.v1.PostbackIds;
import io.s2s.sdk.v1.PostbackServiceGrpc;
import io.s2s.sdk.v1.PostbackVerdict;
import io.s2s.sdk.v1.ReplayOverrides;
import io.s2s.sdk.v1.ReplayPostbacksRequest;
import io.s2s.sdk.v1.ReplayPostbacksResponse;
import io.s2s.sdk.v1.WatchPostbacksRequest;
import io.s2s.sdk.v1.WatchPostbacksResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Lists, replays and explains postbacks: the stored requests that arrived at {@code /s2s}, with
 * their outcomes. {@code ConversionService.RecordConversion} receives them.
 */
public final class Postbacks {
  private final Calls calls;

  Postbacks(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Postbacks withTimeout(Duration timeout) {
    return new Postbacks(calls.withTimeout(timeout));
  }

  /**
   * Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks at
   * 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for, or
   * none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Postback> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks at
   * 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for, or
   * none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Postback> list(ListParams params) {
    ListPostbacksRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                PostbackServiceGrpc.getListPostbacksMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPostbacksResponse::getPostbacksList,
        ListPostbacksResponse::getNextPageToken);
  }

  /**
   * Lists the account's postbacks, newest first. A page has at most 3 MiB, and the server looks at
   * 20,000 postbacks at most to fill it. So a page may have fewer postbacks than asked for, or
   * none, and still a token.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Postback> list() {
    return list(new ListParams());
  }

  /**
   * Returns one postback.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPostbackResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one postback.
   *
   * @throws S2sException if the call fails
   */
  public GetPostbackResponse get(GetParams params) {
    return calls.unary(PostbackServiceGrpc.getGetPostbackMethod(), params.toRequest());
  }

  /**
   * Returns one postback.
   *
   * @param postbackId Id of the postback.
   * @throws S2sException if the call fails
   */
  public GetPostbackResponse get(String postbackId) {
    return get(new GetParams().postbackId(postbackId));
  }

  /**
   * Reads held postbacks again once the cause of their holding is fixed, by the same rules as new
   * postbacks and as of their time of arrival. A postback that is replayed twice counts once. An
   * answer has at most 3 MiB: if it would be longer, the last postbacks come without remarks and
   * body, with only the beginning of their target, and with a note that says so ({@code
   * NOTE_CODE_SHORTENED}). {@code postbacks().get} returns all of a postback.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ReplayPostbacksResponse replay(Consumer<ReplayParams> params) {
    ReplayParams made = new ReplayParams();
    params.accept(made);
    return replay(made);
  }

  /**
   * Reads held postbacks again once the cause of their holding is fixed, by the same rules as new
   * postbacks and as of their time of arrival. A postback that is replayed twice counts once. An
   * answer has at most 3 MiB: if it would be longer, the last postbacks come without remarks and
   * body, with only the beginning of their target, and with a note that says so ({@code
   * NOTE_CODE_SHORTENED}). {@code postbacks().get} returns all of a postback.
   *
   * @throws S2sException if the call fails
   */
  public ReplayPostbacksResponse replay(ReplayParams params) {
    return calls.unary(PostbackServiceGrpc.getReplayPostbacksMethod(), params.toRequest());
  }

  /**
   * Explains step by step how a postback URL or a stored postback would be read, and what its
   * verdict would be. Records nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ExplainPostbackResponse explain(Consumer<ExplainParams> params) {
    ExplainParams made = new ExplainParams();
    params.accept(made);
    return explain(made);
  }

  /**
   * Explains step by step how a postback URL or a stored postback would be read, and what its
   * verdict would be. Records nothing.
   *
   * @throws S2sException if the call fails
   */
  public ExplainPostbackResponse explain(ExplainParams params) {
    return calls.unary(PostbackServiceGrpc.getExplainPostbackMethod(), params.toRequest());
  }

  /**
   * Sends each postback once it is judged: when it comes, and again when a replay gives it another
   * verdict. It is sent by any server of the installation, for as long as the client listens. The
   * stream begins with a heartbeat. Each message has a resume token: a stream that begins with that
   * token goes on behind the message, without a gap and without a repetition, on any server. An
   * account has at most 100 streams on a server, and a server at most 1,000.
   *
   * <p>Sends only the postbacks that pass. {@code startTime} and {@code endTime} must be unset.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @param params sets the parameters
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchPostbacksResponse> watch(Consumer<WatchParams> params) {
    WatchParams made = new WatchParams();
    params.accept(made);
    return watch(made);
  }

  /**
   * Sends each postback once it is judged: when it comes, and again when a replay gives it another
   * verdict. It is sent by any server of the installation, for as long as the client listens. The
   * stream begins with a heartbeat. Each message has a resume token: a stream that begins with that
   * token goes on behind the message, without a gap and without a repetition, on any server. An
   * account has at most 100 streams on a server, and a server at most 1,000.
   *
   * <p>Sends only the postbacks that pass. {@code startTime} and {@code endTime} must be unset.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchPostbacksResponse> watch(WatchParams params) {
    WatchPostbacksRequest request = params.toRequest();
    return calls.watch(
        PostbackServiceGrpc.getWatchPostbacksMethod(),
        token -> token == null ? request : request.toBuilder().setResumeToken(token).build(),
        WatchPostbacksResponse::getResumeToken);
  }

  /**
   * Sends each postback once it is judged: when it comes, and again when a replay gives it another
   * verdict. It is sent by any server of the installation, for as long as the client listens. The
   * stream begins with a heartbeat. Each message has a resume token: a stream that begins with that
   * token goes on behind the message, without a gap and without a repetition, on any server. An
   * account has at most 100 streams on a server, and a server at most 1,000.
   *
   * <p>Sends only the postbacks that pass. {@code startTime} and {@code endTime} must be unset.
   *
   * <p>After a failure that may pass, the stream goes on by itself behind the last message. Any
   * other error ends it. To go on later, or in another process, keep the {@code resumeToken} of the
   * last message that you have dealt with. Close the stream, for example by {@code try}, to cancel
   * the call. It has no time limit unless {@code withTimeout} gives one.
   *
   * @return all messages; reading them throws {@link S2sException} if the call fails
   */
  public Stream<WatchPostbacksResponse> watch() {
    return watch(new WatchParams());
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListPostbacksRequest.Builder request = ListPostbacksRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of postbacks to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000. A page may have fewer, or none: only an empty {@code nextPageToken} ends the list.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /**
     * Verdict: {@code POSTBACK_VERDICT_RECORDED}, {@code POSTBACK_VERDICT_DUPLICATE} or {@code
     * POSTBACK_VERDICT_HELD}. Unspecified: all.
     */
    public ListParams verdict(PostbackVerdict verdict) {
      filter().setVerdict(verdict);
      return this;
    }

    /** Reason for holding. Unspecified: all. */
    public ListParams reason(Reason reason) {
      filter().setReason(reason.toMessage());
      return this;
    }

    /** Id of the conversion code that the postbacks name. */
    public ListParams conversionCodeId(String conversionCodeId) {
      filter().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Earliest time of arrival, inclusive. */
    public ListParams startTime(Instant startTime) {
      filter().setStartTime(Times.message(startTime));
      return this;
    }

    /** Latest time of arrival, exclusive. */
    public ListParams endTime(Instant endTime) {
      filter().setEndTime(Times.message(endTime));
      return this;
    }

    /**
     * Text that the raw target or body contains, byte for byte; at most 200 bytes. Example: {@code
     * order-1001}.
     */
    public ListParams text(String text) {
      filter().setText(text);
      return this;
    }

    private PostbackFilter.Builder filter() {
      return request.getFilterBuilder();
    }

    ListPostbacksRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetPostbackRequest.Builder request = GetPostbackRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the postback. Required. */
    public GetParams postbackId(String postbackId) {
      request.setPostbackId(postbackId);
      return this;
    }

    GetPostbackRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code replay}. */
  public static final class ReplayParams {
    private final ReplayPostbacksRequest.Builder request = ReplayPostbacksRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ReplayParams() {}

    /** Postbacks by id. One that is not held is returned unchanged. */
    public ReplayParams ids(Iterable<String> ids) {
      Requests.checkAlone(request, ReplayPostbacksRequest.IDS_FIELD_NUMBER);
      request.setIds(PostbackIds.newBuilder().addAllIds(ids));
      return this;
    }

    /** Postbacks by id. One that is not held is returned unchanged. */
    public ReplayParams ids(String... ids) {
      return ids(List.of(ids));
    }

    /**
     * Verdict: {@code POSTBACK_VERDICT_RECORDED}, {@code POSTBACK_VERDICT_DUPLICATE} or {@code
     * POSTBACK_VERDICT_HELD}. Unspecified: all.
     */
    public ReplayParams verdict(PostbackVerdict verdict) {
      filter().setVerdict(verdict);
      return this;
    }

    /** Reason for holding. Unspecified: all. */
    public ReplayParams reason(Reason reason) {
      filter().setReason(reason.toMessage());
      return this;
    }

    /** Id of the conversion code that the postbacks name. */
    public ReplayParams conversionCodeId(String conversionCodeId) {
      filter().setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Earliest time of arrival, inclusive. */
    public ReplayParams startTime(Instant startTime) {
      filter().setStartTime(Times.message(startTime));
      return this;
    }

    /** Latest time of arrival, exclusive. */
    public ReplayParams endTime(Instant endTime) {
      filter().setEndTime(Times.message(endTime));
      return this;
    }

    /**
     * Text that the raw target or body contains, byte for byte; at most 200 bytes. Example: {@code
     * order-1001}.
     */
    public ReplayParams text(String text) {
      filter().setText(text);
      return this;
    }

    /** Values to read in place of those that came. */
    public ReplayParams overrides(ReplayOverrides overrides) {
      request.setOverrides(overrides);
      return this;
    }

    /**
     * With {@code filter}: {@code nextPageToken} of the previous call; empty for the first call.
     */
    public ReplayParams pageToken(String pageToken) {
      request.setPageToken(pageToken);
      return this;
    }

    /** If true, the request is answered as if real, but nothing is written. */
    public ReplayParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private PostbackFilter.Builder filter() {
      Requests.checkAlone(request, ReplayPostbacksRequest.FILTER_FIELD_NUMBER);
      return request.getFilterBuilder();
    }

    ReplayPostbacksRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code explain}. */
  public static final class ExplainParams {
    private final ExplainPostbackRequest.Builder request = ExplainPostbackRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ExplainParams() {}

    /**
     * Postback URL, or only its path and query, at most 8 KiB. Example: {@code
     * https://t.example/s2s?clickId={clickId}&id=6B1F…&val=1&com=0.5}.
     */
    public ExplainParams target(byte[] target) {
      Requests.checkAlone(request, ExplainPostbackRequest.TARGET_FIELD_NUMBER);
      request.setTarget(ByteString.copyFrom(target));
      return this;
    }

    /**
     * Postback URL, or only its path and query, at most 8 KiB. Example: {@code
     * https://t.example/s2s?clickId={clickId}&id=6B1F…&val=1&com=0.5}.
     */
    public ExplainParams target(String target) {
      Requests.checkAlone(request, ExplainPostbackRequest.TARGET_FIELD_NUMBER);
      request.setTarget(ByteString.copyFromUtf8(target));
      return this;
    }

    /** Id of a stored postback. */
    public ExplainParams postbackId(String postbackId) {
      Requests.checkAlone(request, ExplainPostbackRequest.POSTBACK_ID_FIELD_NUMBER);
      request.setPostbackId(postbackId);
      return this;
    }

    ExplainPostbackRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code watch}. */
  public static final class WatchParams {
    private final WatchPostbacksRequest.Builder request = WatchPostbacksRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public WatchParams() {}

    /**
     * Verdict: {@code POSTBACK_VERDICT_RECORDED}, {@code POSTBACK_VERDICT_DUPLICATE} or {@code
     * POSTBACK_VERDICT_HELD}. Unspecified: all.
     */
    public WatchParams verdict(PostbackVerdict verdict) {
      filter().setVerdict(verdict);
      return this;
    }

    /** Reason for holding. Unspecified: all. */
    public WatchParams reason(Reason reason) {
      filter().setReason(reason.toMessage());
      return this;
    }

    /** Id of the conversion code that the postbacks name. */
    public WatchParams conversionCodeId(String conversionCodeId) {
      filter().setConversionCodeId(conversionCodeId);
      return this;
    }

    /**
     * Text that the raw target or body contains, byte for byte; at most 200 bytes. Example: {@code
     * order-1001}.
     */
    public WatchParams text(String text) {
      filter().setText(text);
      return this;
    }

    /**
     * The resume token of a message of an earlier stream. Empty: the stream begins with what is
     * judged from now on. The server keeps events for 7 days; an older token is refused with {@code
     * RESUME_TOKEN_TOO_OLD}.
     */
    public WatchParams resumeToken(String resumeToken) {
      request.setResumeToken(resumeToken);
      return this;
    }

    /** Sends the postbacks of all accounts. Needs the scope {@code admin} besides {@code read}. */
    public WatchParams allAccounts(boolean allAccounts) {
      request.setAllAccounts(allAccounts);
      return this;
    }

    private PostbackFilter.Builder filter() {
      return request.getFilterBuilder();
    }

    WatchPostbacksRequest toRequest() {
      return request.build();
    }
  }
}
