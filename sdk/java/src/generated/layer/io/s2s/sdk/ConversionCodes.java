// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.ArchiveConversionCodeRequest;
import io.s2s.sdk.v1.ArchiveConversionCodeResponse;
import io.s2s.sdk.v1.ConversionCode;
import io.s2s.sdk.v1.ConversionCodeServiceGrpc;
import io.s2s.sdk.v1.ConversionStatus;
import io.s2s.sdk.v1.CreateConversionCodeRequest;
import io.s2s.sdk.v1.CreateConversionCodeResponse;
import io.s2s.sdk.v1.DecimalSeparator;
import io.s2s.sdk.v1.DedupePolicy;
import io.s2s.sdk.v1.GetConversionCodeRequest;
import io.s2s.sdk.v1.GetConversionCodeResponse;
import io.s2s.sdk.v1.GetPostbackUrlRequest;
import io.s2s.sdk.v1.GetPostbackUrlResponse;
import io.s2s.sdk.v1.ListConversionCodesRequest;
import io.s2s.sdk.v1.ListConversionCodesResponse;
import io.s2s.sdk.v1.PostbackAuthentication;
import io.s2s.sdk.v1.ReplySetting;
import io.s2s.sdk.v1.RotatePostbackSecretRequest;
import io.s2s.sdk.v1.RotatePostbackSecretResponse;
import io.s2s.sdk.v1.TestSetupRequest;
import io.s2s.sdk.v1.TestSetupResponse;
import io.s2s.sdk.v1.TransactionScope;
import io.s2s.sdk.v1.UnarchiveConversionCodeRequest;
import io.s2s.sdk.v1.UnarchiveConversionCodeResponse;
import io.s2s.sdk.v1.UpdateConversionCodeRequest;
import io.s2s.sdk.v1.UpdateConversionCodeResponse;
import io.s2s.sdk.v1.UpdatePolicy;
import java.time.Duration;
import java.util.function.Consumer;

/** Manages conversion codes: one for each kind of conversion that a merchant reports. */
public final class ConversionCodes {
  private final Calls calls;

  ConversionCodes(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public ConversionCodes withTimeout(Duration timeout) {
    return new ConversionCodes(calls.withTimeout(timeout));
  }

  /**
   * Creates a conversion code.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateConversionCodeResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates a conversion code.
   *
   * @throws S2sException if the call fails
   */
  public CreateConversionCodeResponse create(CreateParams params) {
    return calls.unary(
        ConversionCodeServiceGrpc.getCreateConversionCodeMethod(), params.toRequest());
  }

  /**
   * Returns one conversion code.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetConversionCodeResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one conversion code.
   *
   * @throws S2sException if the call fails
   */
  public GetConversionCodeResponse get(GetParams params) {
    return calls.unary(ConversionCodeServiceGrpc.getGetConversionCodeMethod(), params.toRequest());
  }

  /**
   * Returns one conversion code.
   *
   * @param conversionCodeId Id of the code, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public GetConversionCodeResponse get(String conversionCodeId) {
    return get(new GetParams().conversionCodeId(conversionCodeId));
  }

  /**
   * Lists the account's conversion codes, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ConversionCode> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the account's conversion codes, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ConversionCode> list(ListParams params) {
    ListConversionCodesRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                ConversionCodeServiceGrpc.getListConversionCodesMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListConversionCodesResponse::getConversionCodesList,
        ListConversionCodesResponse::getNextPageToken);
  }

  /**
   * Lists the account's conversion codes, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<ConversionCode> list() {
    return list(new ListParams());
  }

  /**
   * Changes the fields that are given.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UpdateConversionCodeResponse update(Consumer<UpdateParams> params) {
    UpdateParams made = new UpdateParams();
    params.accept(made);
    return update(made);
  }

  /**
   * Changes the fields that are given.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @throws S2sException if the call fails
   */
  public UpdateConversionCodeResponse update(UpdateParams params) {
    return calls.unary(
        ConversionCodeServiceGrpc.getUpdateConversionCodeMethod(), params.toRequest());
  }

  /**
   * Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
   * are held; a postback that repeats a recorded sale is still a duplicate. Archiving an archived
   * code changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ArchiveConversionCodeResponse archive(Consumer<ArchiveParams> params) {
    ArchiveParams made = new ArchiveParams();
    params.accept(made);
    return archive(made);
  }

  /**
   * Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
   * are held; a postback that repeats a recorded sale is still a duplicate. Archiving an archived
   * code changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public ArchiveConversionCodeResponse archive(ArchiveParams params) {
    return calls.unary(
        ConversionCodeServiceGrpc.getArchiveConversionCodeMethod(), params.toRequest());
  }

  /**
   * Archives a conversion code. The code stays readable. Postbacks that name it and arrive later
   * are held; a postback that repeats a recorded sale is still a duplicate. Archiving an archived
   * code changes nothing.
   *
   * @param conversionCodeId Id of the code, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public ArchiveConversionCodeResponse archive(String conversionCodeId) {
    return archive(new ArchiveParams().conversionCodeId(conversionCodeId));
  }

  /**
   * Makes an archived conversion code active again. Postbacks that were held meanwhile can be
   * replayed. Unarchiving an active code changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UnarchiveConversionCodeResponse unarchive(Consumer<UnarchiveParams> params) {
    UnarchiveParams made = new UnarchiveParams();
    params.accept(made);
    return unarchive(made);
  }

  /**
   * Makes an archived conversion code active again. Postbacks that were held meanwhile can be
   * replayed. Unarchiving an active code changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public UnarchiveConversionCodeResponse unarchive(UnarchiveParams params) {
    return calls.unary(
        ConversionCodeServiceGrpc.getUnarchiveConversionCodeMethod(), params.toRequest());
  }

  /**
   * Makes an archived conversion code active again. Postbacks that were held meanwhile can be
   * replayed. Unarchiving an active code changes nothing.
   *
   * @param conversionCodeId Id of the code, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public UnarchiveConversionCodeResponse unarchive(String conversionCodeId) {
    return unarchive(new UnarchiveParams().conversionCodeId(conversionCodeId));
  }

  /**
   * Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
   * previous secret stays valid for a while, so that senders can be changed one by one. Any older
   * secret ends at once.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public RotatePostbackSecretResponse rotatePostbackSecret(
      Consumer<RotatePostbackSecretParams> params) {
    RotatePostbackSecretParams made = new RotatePostbackSecretParams();
    params.accept(made);
    return rotatePostbackSecret(made);
  }

  /**
   * Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
   * previous secret stays valid for a while, so that senders can be changed one by one. Any older
   * secret ends at once.
   *
   * @throws S2sException if the call fails
   */
  public RotatePostbackSecretResponse rotatePostbackSecret(RotatePostbackSecretParams params) {
    return calls.unary(
        ConversionCodeServiceGrpc.getRotatePostbackSecretMethod(), params.toRequest());
  }

  /**
   * Makes a new secret for the code's postbacks, and returns it; no other call returns it. The
   * previous secret stays valid for a while, so that senders can be changed one by one. Any older
   * secret ends at once.
   *
   * @param conversionCodeId Id of the code, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public RotatePostbackSecretResponse rotatePostbackSecret(String conversionCodeId) {
    return rotatePostbackSecret(
        new RotatePostbackSecretParams().conversionCodeId(conversionCodeId));
  }

  /**
   * Renders the postback URL for the merchant to paste.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPostbackUrlResponse getPostbackUrl(Consumer<GetPostbackUrlParams> params) {
    GetPostbackUrlParams made = new GetPostbackUrlParams();
    params.accept(made);
    return getPostbackUrl(made);
  }

  /**
   * Renders the postback URL for the merchant to paste.
   *
   * @throws S2sException if the call fails
   */
  public GetPostbackUrlResponse getPostbackUrl(GetPostbackUrlParams params) {
    return calls.unary(ConversionCodeServiceGrpc.getGetPostbackUrlMethod(), params.toRequest());
  }

  /**
   * Renders the postback URL for the merchant to paste.
   *
   * @param conversionCodeId Id of the code, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public GetPostbackUrlResponse getPostbackUrl(String conversionCodeId) {
    return getPostbackUrl(new GetPostbackUrlParams().conversionCodeId(conversionCodeId));
  }

  /**
   * Simulates a complete conversion for a code, and reports the outcome of each step: a click on
   * one of its tracking links, the redirect to the merchant, and the call of the postback URL with
   * its macros filled in. Records nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public TestSetupResponse testSetup(Consumer<TestSetupParams> params) {
    TestSetupParams made = new TestSetupParams();
    params.accept(made);
    return testSetup(made);
  }

  /**
   * Simulates a complete conversion for a code, and reports the outcome of each step: a click on
   * one of its tracking links, the redirect to the merchant, and the call of the postback URL with
   * its macros filled in. Records nothing.
   *
   * @throws S2sException if the call fails
   */
  public TestSetupResponse testSetup(TestSetupParams params) {
    return calls.unary(ConversionCodeServiceGrpc.getTestSetupMethod(), params.toRequest());
  }

  /**
   * Simulates a complete conversion for a code, and reports the outcome of each step: a click on
   * one of its tracking links, the redirect to the merchant, and the call of the postback URL with
   * its macros filled in. Records nothing.
   *
   * @param conversionCodeId Id of the code to test, 32 hexadecimal digits.
   * @throws S2sException if the call fails
   */
  public TestSetupResponse testSetup(String conversionCodeId) {
    return testSetup(new TestSetupParams().conversionCodeId(conversionCodeId));
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateConversionCodeRequest.Builder request =
        CreateConversionCodeRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Name for people, 1 to 100 characters. Example: {@code Sale}. Required. */
    public CreateParams name(String name) {
      conversionCode().setName(name);
      return this;
    }

    /** ISO 4217 code for amounts that come without a currency. Default: {@code USD}. */
    public CreateParams defaultCurrency(String defaultCurrency) {
      conversionCode().setDefaultCurrency(defaultCurrency);
      return this;
    }

    /**
     * Time after its click within which a conversion still counts: 1 second to 400 days, whole
     * seconds. Default: 30 days.
     */
    public CreateParams attributionWindow(Duration attributionWindow) {
      conversionCode().setAttributionWindow(Times.message(attributionWindow));
      return this;
    }

    /**
     * Rule for conversions that are sent without a transaction id. Default: {@code
     * DEDUPE_POLICY_ONE_PER_CLICK}. After a change, such a conversion that was recorded under the
     * former rule counts again if it is sent again.
     */
    public CreateParams dedupePolicy(DedupePolicy dedupePolicy) {
      conversionCode().setDedupePolicy(dedupePolicy);
      return this;
    }

    /**
     * Form of the answer to postbacks. Default: {@code REPLY_MODE_BY_VERDICT}, or, if the code is
     * created with a preset that has a {@code reply}, that form.
     */
    public CreateParams reply(ReplySetting reply) {
      conversionCode().setReply(reply);
      return this;
    }

    /**
     * Id of the preset of the network that calls the code's postback URL; its status words are
     * understood. Example: {@code everflow}.
     */
    public CreateParams presetId(String presetId) {
      conversionCode().setPresetId(presetId);
      return this;
    }

    /**
     * Checks of a postback's sender. Default: none, so that anyone who knows the postback URL can
     * report a conversion of a genuine click.
     */
    public CreateParams postbackAuthentication(PostbackAuthentication postbackAuthentication) {
      conversionCode().setPostbackAuthentication(postbackAuthentication);
      return this;
    }

    /**
     * Status of conversions that are sent without one. Default: {@code CONVERSION_STATUS_APPROVED},
     * with which the commission is owed at once.
     */
    public CreateParams defaultStatus(ConversionStatus defaultStatus) {
      conversionCode().setDefaultStatus(defaultStatus);
      return this;
    }

    /**
     * Separator of the decimals in the amounts of postbacks. It settles amounts that can be read in
     * two ways, such as {@code 1.500} and {@code 1,500}, and no others. Default: {@code
     * DECIMAL_SEPARATOR_AUTO}, or, if the code is created with a preset, {@code
     * DECIMAL_SEPARATOR_POINT}.
     */
    public CreateParams decimalSeparator(DecimalSeparator decimalSeparator) {
      conversionCode().setDecimalSeparator(decimalSeparator);
      return this;
    }

    /**
     * What a later postback of a recorded conversion may change. Default: {@code
     * UPDATE_POLICY_STATUS}. A code that was created before there were updates has {@code
     * UPDATE_POLICY_NONE}.
     */
    public CreateParams updatePolicy(UpdatePolicy updatePolicy) {
      conversionCode().setUpdatePolicy(updatePolicy);
      return this;
    }

    /**
     * The conversions among which an order id counts once. Default: {@code
     * TRANSACTION_SCOPE_PER_CLICK}.
     */
    public CreateParams transactionScope(TransactionScope transactionScope) {
      conversionCode().setTransactionScope(transactionScope);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the code
     * that the first call created. Another request with this id is refused. 1 to 64 bytes. Example:
     * a UUID.
     */
    public CreateParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private ConversionCode.Builder conversionCode() {
      return request.getConversionCodeBuilder();
    }

    CreateConversionCodeRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetConversionCodeRequest.Builder request = GetConversionCodeRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the code, 32 hexadecimal digits. Required. */
    public GetParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    GetConversionCodeRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListConversionCodesRequest.Builder request =
        ListConversionCodesRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of codes to return, 1 to 1,000. 0 means 50; larger values are read as 1,000. A
     * page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** If true, archived codes are listed as well. */
    public ListParams showArchived(boolean showArchived) {
      request.setShowArchived(showArchived);
      return this;
    }

    ListConversionCodesRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code update}. */
  public static final class UpdateParams {
    private final UpdateConversionCodeRequest.Builder request =
        UpdateConversionCodeRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UpdateParams() {}

    /**
     * Id of the code: 32 upper-case hexadecimal digits, as in the postback URL. Example: {@code
     * 6B1F0A3C9D5E4F7081A2B3C4D5E6F708}. Required.
     */
    public UpdateParams id(String id) {
      conversionCode().setId(id);
      return this;
    }

    /** Name for people, 1 to 100 characters. Example: {@code Sale}. */
    public UpdateParams name(String name) {
      conversionCode().setName(name);
      Requests.addPath(request.getUpdateMaskBuilder(), "name");
      return this;
    }

    /** ISO 4217 code for amounts that come without a currency. Default: {@code USD}. */
    public UpdateParams defaultCurrency(String defaultCurrency) {
      conversionCode().setDefaultCurrency(defaultCurrency);
      Requests.addPath(request.getUpdateMaskBuilder(), "default_currency");
      return this;
    }

    /**
     * Time after its click within which a conversion still counts: 1 second to 400 days, whole
     * seconds. Default: 30 days.
     */
    public UpdateParams attributionWindow(Duration attributionWindow) {
      conversionCode().setAttributionWindow(Times.message(attributionWindow));
      Requests.addPath(request.getUpdateMaskBuilder(), "attribution_window");
      return this;
    }

    /**
     * Clears the field: time after its click within which a conversion still counts: 1 second to
     * 400 days, whole seconds. Default: 30 days.
     */
    public UpdateParams clearAttributionWindow() {
      conversionCode().clearAttributionWindow();
      Requests.addPath(request.getUpdateMaskBuilder(), "attribution_window");
      return this;
    }

    /**
     * Rule for conversions that are sent without a transaction id. Default: {@code
     * DEDUPE_POLICY_ONE_PER_CLICK}. After a change, such a conversion that was recorded under the
     * former rule counts again if it is sent again.
     */
    public UpdateParams dedupePolicy(DedupePolicy dedupePolicy) {
      conversionCode().setDedupePolicy(dedupePolicy);
      Requests.addPath(request.getUpdateMaskBuilder(), "dedupe_policy");
      return this;
    }

    /**
     * Form of the answer to postbacks. Default: {@code REPLY_MODE_BY_VERDICT}, or, if the code is
     * created with a preset that has a {@code reply}, that form.
     */
    public UpdateParams reply(ReplySetting reply) {
      conversionCode().setReply(reply);
      Requests.addPath(request.getUpdateMaskBuilder(), "reply");
      return this;
    }

    /**
     * Clears the field: form of the answer to postbacks. Default: {@code REPLY_MODE_BY_VERDICT},
     * or, if the code is created with a preset that has a {@code reply}, that form.
     */
    public UpdateParams clearReply() {
      conversionCode().clearReply();
      Requests.addPath(request.getUpdateMaskBuilder(), "reply");
      return this;
    }

    /**
     * Id of the preset of the network that calls the code's postback URL; its status words are
     * understood. Example: {@code everflow}.
     */
    public UpdateParams presetId(String presetId) {
      conversionCode().setPresetId(presetId);
      Requests.addPath(request.getUpdateMaskBuilder(), "preset_id");
      return this;
    }

    /**
     * Checks of a postback's sender. Default: none, so that anyone who knows the postback URL can
     * report a conversion of a genuine click.
     */
    public UpdateParams postbackAuthentication(PostbackAuthentication postbackAuthentication) {
      conversionCode().setPostbackAuthentication(postbackAuthentication);
      Requests.addPath(request.getUpdateMaskBuilder(), "postback_authentication");
      return this;
    }

    /**
     * Clears the field: checks of a postback's sender. Default: none, so that anyone who knows the
     * postback URL can report a conversion of a genuine click.
     */
    public UpdateParams clearPostbackAuthentication() {
      conversionCode().clearPostbackAuthentication();
      Requests.addPath(request.getUpdateMaskBuilder(), "postback_authentication");
      return this;
    }

    /**
     * Status of conversions that are sent without one. Default: {@code CONVERSION_STATUS_APPROVED},
     * with which the commission is owed at once.
     */
    public UpdateParams defaultStatus(ConversionStatus defaultStatus) {
      conversionCode().setDefaultStatus(defaultStatus);
      Requests.addPath(request.getUpdateMaskBuilder(), "default_status");
      return this;
    }

    /**
     * Separator of the decimals in the amounts of postbacks. It settles amounts that can be read in
     * two ways, such as {@code 1.500} and {@code 1,500}, and no others. Default: {@code
     * DECIMAL_SEPARATOR_AUTO}, or, if the code is created with a preset, {@code
     * DECIMAL_SEPARATOR_POINT}.
     */
    public UpdateParams decimalSeparator(DecimalSeparator decimalSeparator) {
      conversionCode().setDecimalSeparator(decimalSeparator);
      Requests.addPath(request.getUpdateMaskBuilder(), "decimal_separator");
      return this;
    }

    /**
     * What a later postback of a recorded conversion may change. Default: {@code
     * UPDATE_POLICY_STATUS}. A code that was created before there were updates has {@code
     * UPDATE_POLICY_NONE}.
     */
    public UpdateParams updatePolicy(UpdatePolicy updatePolicy) {
      conversionCode().setUpdatePolicy(updatePolicy);
      Requests.addPath(request.getUpdateMaskBuilder(), "update_policy");
      return this;
    }

    /**
     * The conversions among which an order id counts once. Default: {@code
     * TRANSACTION_SCOPE_PER_CLICK}.
     */
    public UpdateParams transactionScope(TransactionScope transactionScope) {
      conversionCode().setTransactionScope(transactionScope);
      Requests.addPath(request.getUpdateMaskBuilder(), "transaction_scope");
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UpdateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private ConversionCode.Builder conversionCode() {
      return request.getConversionCodeBuilder();
    }

    UpdateConversionCodeRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code archive}. */
  public static final class ArchiveParams {
    private final ArchiveConversionCodeRequest.Builder request =
        ArchiveConversionCodeRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ArchiveParams() {}

    /** Id of the code, 32 hexadecimal digits. Required. */
    public ArchiveParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public ArchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    ArchiveConversionCodeRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code unarchive}. */
  public static final class UnarchiveParams {
    private final UnarchiveConversionCodeRequest.Builder request =
        UnarchiveConversionCodeRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UnarchiveParams() {}

    /** Id of the code, 32 hexadecimal digits. Required. */
    public UnarchiveParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UnarchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    UnarchiveConversionCodeRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code rotatePostbackSecret}. */
  public static final class RotatePostbackSecretParams {
    private final RotatePostbackSecretRequest.Builder request =
        RotatePostbackSecretRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public RotatePostbackSecretParams() {}

    /** Id of the code, 32 hexadecimal digits. Required. */
    public RotatePostbackSecretParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    /**
     * Time for which the present secret stays valid: 0 seconds to 30 days, whole seconds. 0 ends it
     * at once, for a secret that has leaked. Default: 24 hours.
     */
    public RotatePostbackSecretParams overlap(Duration overlap) {
      request.setOverlap(Times.message(overlap));
      return this;
    }

    /**
     * Makes the call safe to repeat: a call with the request id of the last rotation returns the
     * secret that was made then. 1 to 64 bytes. Example: a UUID.
     */
    public RotatePostbackSecretParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /**
     * If true, the request is checked and answered as if real, but nothing is written; the answer
     * has no secret.
     */
    public RotatePostbackSecretParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    RotatePostbackSecretRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code getPostbackUrl}. */
  public static final class GetPostbackUrlParams {
    private final GetPostbackUrlRequest.Builder request = GetPostbackUrlRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetPostbackUrlParams() {}

    /** Id of the code, 32 hexadecimal digits. Required. */
    public GetPostbackUrlParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    /**
     * Id of the preset of the network that is to call the URL. Empty: the code's preset, if it has
     * one. Example: {@code everflow}.
     */
    public GetPostbackUrlParams presetId(String presetId) {
      request.setPresetId(presetId);
      return this;
    }

    GetPostbackUrlRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code testSetup}. */
  public static final class TestSetupParams {
    private final TestSetupRequest.Builder request = TestSetupRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public TestSetupParams() {}

    /** Id of the code to test, 32 hexadecimal digits. Required. */
    public TestSetupParams conversionCodeId(String conversionCodeId) {
      request.setConversionCodeId(conversionCodeId);
      return this;
    }

    /** Id of the tracking link to test. Empty: the newest active link that has the code. */
    public TestSetupParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    TestSetupRequest toRequest() {
      return request.build();
    }
  }
}
