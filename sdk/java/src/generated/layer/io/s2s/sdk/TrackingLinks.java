// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.ArchiveTrackingLinkRequest;
import io.s2s.sdk.v1.ArchiveTrackingLinkResponse;
import io.s2s.sdk.v1.CreateTrackingLinkRequest;
import io.s2s.sdk.v1.CreateTrackingLinkResponse;
import io.s2s.sdk.v1.GetTrackingLinkRequest;
import io.s2s.sdk.v1.GetTrackingLinkResponse;
import io.s2s.sdk.v1.ListTrackingLinksRequest;
import io.s2s.sdk.v1.ListTrackingLinksResponse;
import io.s2s.sdk.v1.PartnerShare;
import io.s2s.sdk.v1.RedirectKind;
import io.s2s.sdk.v1.TrackingLink;
import io.s2s.sdk.v1.TrackingLinkServiceGrpc;
import io.s2s.sdk.v1.UnarchiveTrackingLinkRequest;
import io.s2s.sdk.v1.UnarchiveTrackingLinkResponse;
import io.s2s.sdk.v1.UpdateTrackingLinkRequest;
import io.s2s.sdk.v1.UpdateTrackingLinkResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Manages tracking links: the URLs that visitors click. */
public final class TrackingLinks {
  private final Calls calls;

  TrackingLinks(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public TrackingLinks withTimeout(Duration timeout) {
    return new TrackingLinks(calls.withTimeout(timeout));
  }

  /**
   * Creates a tracking link.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateTrackingLinkResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates a tracking link.
   *
   * @throws S2sException if the call fails
   */
  public CreateTrackingLinkResponse create(CreateParams params) {
    return calls.unary(TrackingLinkServiceGrpc.getCreateTrackingLinkMethod(), params.toRequest());
  }

  /**
   * Returns one tracking link.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetTrackingLinkResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one tracking link.
   *
   * @throws S2sException if the call fails
   */
  public GetTrackingLinkResponse get(GetParams params) {
    return calls.unary(TrackingLinkServiceGrpc.getGetTrackingLinkMethod(), params.toRequest());
  }

  /**
   * Returns one tracking link.
   *
   * @param trackingLinkId Id of the link.
   * @throws S2sException if the call fails
   */
  public GetTrackingLinkResponse get(String trackingLinkId) {
    return get(new GetParams().trackingLinkId(trackingLinkId));
  }

  /**
   * Lists the account's tracking links, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<TrackingLink> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the account's tracking links, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<TrackingLink> list(ListParams params) {
    ListTrackingLinksRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                TrackingLinkServiceGrpc.getListTrackingLinksMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListTrackingLinksResponse::getTrackingLinksList,
        ListTrackingLinksResponse::getNextPageToken);
  }

  /**
   * Lists the account's tracking links, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<TrackingLink> list() {
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
  public UpdateTrackingLinkResponse update(Consumer<UpdateParams> params) {
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
  public UpdateTrackingLinkResponse update(UpdateParams params) {
    return calls.unary(TrackingLinkServiceGrpc.getUpdateTrackingLinkMethod(), params.toRequest());
  }

  /**
   * Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
   * Postbacks for later clicks are held, and conversions reported for them are refused. Conversions
   * of earlier clicks still count. Archiving an archived link changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ArchiveTrackingLinkResponse archive(Consumer<ArchiveParams> params) {
    ArchiveParams made = new ArchiveParams();
    params.accept(made);
    return archive(made);
  }

  /**
   * Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
   * Postbacks for later clicks are held, and conversions reported for them are refused. Conversions
   * of earlier clicks still count. Archiving an archived link changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public ArchiveTrackingLinkResponse archive(ArchiveParams params) {
    return calls.unary(TrackingLinkServiceGrpc.getArchiveTrackingLinkMethod(), params.toRequest());
  }

  /**
   * Archives a tracking link. Visitors get its fallback destination, or HTTP 410 if it has none.
   * Postbacks for later clicks are held, and conversions reported for them are refused. Conversions
   * of earlier clicks still count. Archiving an archived link changes nothing.
   *
   * @param trackingLinkId Id of the link.
   * @throws S2sException if the call fails
   */
  public ArchiveTrackingLinkResponse archive(String trackingLinkId) {
    return archive(new ArchiveParams().trackingLinkId(trackingLinkId));
  }

  /**
   * Makes an archived tracking link active again. Postbacks that were held because the link was
   * archived can be replayed. If another link has taken its slug meanwhile, the call fails with
   * {@code SLUG_TAKEN}: change the slug first. Unarchiving an active link changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UnarchiveTrackingLinkResponse unarchive(Consumer<UnarchiveParams> params) {
    UnarchiveParams made = new UnarchiveParams();
    params.accept(made);
    return unarchive(made);
  }

  /**
   * Makes an archived tracking link active again. Postbacks that were held because the link was
   * archived can be replayed. If another link has taken its slug meanwhile, the call fails with
   * {@code SLUG_TAKEN}: change the slug first. Unarchiving an active link changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public UnarchiveTrackingLinkResponse unarchive(UnarchiveParams params) {
    return calls.unary(
        TrackingLinkServiceGrpc.getUnarchiveTrackingLinkMethod(), params.toRequest());
  }

  /**
   * Makes an archived tracking link active again. Postbacks that were held because the link was
   * archived can be replayed. If another link has taken its slug meanwhile, the call fails with
   * {@code SLUG_TAKEN}: change the slug first. Unarchiving an active link changes nothing.
   *
   * @param trackingLinkId Id of the link.
   * @throws S2sException if the call fails
   */
  public UnarchiveTrackingLinkResponse unarchive(String trackingLinkId) {
    return unarchive(new UnarchiveParams().trackingLinkId(trackingLinkId));
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateTrackingLinkRequest.Builder request =
        CreateTrackingLinkRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /**
     * Path of the link: 1 to 64 of {@code a-z}, {@code 0-9}, {@code -}, {@code _}, beginning with a
     * letter or digit. Unique in the installation. If it is empty in a new link, the system chooses
     * one. If it is empty in an archived link, another link has taken it. A slug that a link gives
     * up, by a change or by being archived, can be used again only by the same account. Visitors
     * may write it in upper or lower case. Example: {@code summer-sale}.
     */
    public CreateParams slug(String slug) {
      trackingLink().setSlug(slug);
      return this;
    }

    /**
     * URL that visitors are sent to: an absolute {@code http} or {@code https} URL of at most 2,048
     * bytes. In its path and query, macros are filled: {@code [s2sidentifier]} (the click id),
     * {@code [sub1]} to {@code [sub10]}, {@code [slug]}, {@code [timestamp]} (seconds since 1970),
     * also in upper case or with {@code %5B} and {@code %5D} for the brackets. A link with a
     * conversion code must have {@code [s2sidentifier]}. Example: {@code
     * https://shop.example/?s1=[s2sidentifier]}. Required.
     */
    public CreateParams destination(String destination) {
      trackingLink().setDestination(destination);
      return this;
    }

    /** Ids of the conversion codes that count for clicks on this link, at most 50. */
    public CreateParams conversionCodeIds(Iterable<String> conversionCodeIds) {
      trackingLink().clearConversionCodeIds().addAllConversionCodeIds(conversionCodeIds);
      return this;
    }

    /** Ids of the conversion codes that count for clicks on this link, at most 50. */
    public CreateParams conversionCodeIds(String... conversionCodeIds) {
      return conversionCodeIds(List.of(conversionCodeIds));
    }

    /**
     * Words by which people find the link, at most 20, each of 1 to 50 characters. Example: {@code
     * newsletter}.
     */
    public CreateParams tags(Iterable<String> tags) {
      trackingLink().clearTags().addAllTags(tags);
      return this;
    }

    /**
     * Words by which people find the link, at most 20, each of 1 to 50 characters. Example: {@code
     * newsletter}.
     */
    public CreateParams tags(String... tags) {
      return tags(List.of(tags));
    }

    /** HTTP status of the redirect. Default: 302. */
    public CreateParams redirectKind(RedirectKind redirectKind) {
      trackingLink().setRedirectKind(redirectKind);
      return this;
    }

    /**
     * If true, the visitor's query parameters except sub ids are added to the destination, unless
     * it already has a parameter of that name.
     */
    public CreateParams queryPassThrough(boolean queryPassThrough) {
      trackingLink().setQueryPassThrough(queryPassThrough);
      return this;
    }

    /** Time from which visitors get the fallback destination. Not set: never. */
    public CreateParams expireTime(Instant expireTime) {
      trackingLink().setExpireTime(Times.message(expireTime));
      return this;
    }

    /**
     * URL that visitors are sent to once the link has expired or is archived; same form as {@code
     * destination}. Empty: they get HTTP 410.
     */
    public CreateParams fallbackDestination(String fallbackDestination) {
      trackingLink().setFallbackDestination(fallbackDestination);
      return this;
    }

    /**
     * Id of the partner who is owed a share of the link's conversions. Empty: the conversions are
     * owed to nobody. Once set, it never changes. Conversions that were recorded before it was set
     * are owed to nobody.
     */
    public CreateParams partnerId(String partnerId) {
      trackingLink().setPartnerId(partnerId);
      return this;
    }

    /**
     * The partner's share. Not set: all of the commission. A change applies to conversions that are
     * recorded later.
     */
    public CreateParams partnerShare(PartnerShare partnerShare) {
      trackingLink().setPartnerShare(partnerShare);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the link
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

    /**
     * Id of the preset of the network that the destination belongs to. If the destination has no
     * {@code [s2sidentifier]}, this macro is added to the query, in the parameter in which that
     * network takes the click id. Example: {@code everflow}.
     */
    public CreateParams presetId(String presetId) {
      request.setPresetId(presetId);
      return this;
    }

    private TrackingLink.Builder trackingLink() {
      return request.getTrackingLinkBuilder();
    }

    CreateTrackingLinkRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetTrackingLinkRequest.Builder request = GetTrackingLinkRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the link. Required. */
    public GetParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    GetTrackingLinkRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListTrackingLinksRequest.Builder request = ListTrackingLinksRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of links to return, 1 to 1,000. 0 means 50; larger values are read as 1,000. A
     * page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** If true, archived links are listed as well. */
    public ListParams showArchived(boolean showArchived) {
      request.setShowArchived(showArchived);
      return this;
    }

    ListTrackingLinksRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code update}. */
  public static final class UpdateParams {
    private final UpdateTrackingLinkRequest.Builder request =
        UpdateTrackingLinkRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UpdateParams() {}

    /** Id of the link. Example: {@code link_01jd8x4k2m9v6t3q5r7w8y0z1a}. Required. */
    public UpdateParams id(String id) {
      trackingLink().setId(id);
      return this;
    }

    /**
     * Path of the link: 1 to 64 of {@code a-z}, {@code 0-9}, {@code -}, {@code _}, beginning with a
     * letter or digit. Unique in the installation. If it is empty in a new link, the system chooses
     * one. If it is empty in an archived link, another link has taken it. A slug that a link gives
     * up, by a change or by being archived, can be used again only by the same account. Visitors
     * may write it in upper or lower case. Example: {@code summer-sale}.
     */
    public UpdateParams slug(String slug) {
      trackingLink().setSlug(slug);
      Requests.addPath(request.getUpdateMaskBuilder(), "slug");
      return this;
    }

    /**
     * URL that visitors are sent to: an absolute {@code http} or {@code https} URL of at most 2,048
     * bytes. In its path and query, macros are filled: {@code [s2sidentifier]} (the click id),
     * {@code [sub1]} to {@code [sub10]}, {@code [slug]}, {@code [timestamp]} (seconds since 1970),
     * also in upper case or with {@code %5B} and {@code %5D} for the brackets. A link with a
     * conversion code must have {@code [s2sidentifier]}. Example: {@code
     * https://shop.example/?s1=[s2sidentifier]}.
     */
    public UpdateParams destination(String destination) {
      trackingLink().setDestination(destination);
      Requests.addPath(request.getUpdateMaskBuilder(), "destination");
      return this;
    }

    /** Ids of the conversion codes that count for clicks on this link, at most 50. */
    public UpdateParams conversionCodeIds(Iterable<String> conversionCodeIds) {
      trackingLink().clearConversionCodeIds().addAllConversionCodeIds(conversionCodeIds);
      Requests.addPath(request.getUpdateMaskBuilder(), "conversion_code_ids");
      return this;
    }

    /** Ids of the conversion codes that count for clicks on this link, at most 50. */
    public UpdateParams conversionCodeIds(String... conversionCodeIds) {
      return conversionCodeIds(List.of(conversionCodeIds));
    }

    /**
     * Words by which people find the link, at most 20, each of 1 to 50 characters. Example: {@code
     * newsletter}.
     */
    public UpdateParams tags(Iterable<String> tags) {
      trackingLink().clearTags().addAllTags(tags);
      Requests.addPath(request.getUpdateMaskBuilder(), "tags");
      return this;
    }

    /**
     * Words by which people find the link, at most 20, each of 1 to 50 characters. Example: {@code
     * newsletter}.
     */
    public UpdateParams tags(String... tags) {
      return tags(List.of(tags));
    }

    /** HTTP status of the redirect. Default: 302. */
    public UpdateParams redirectKind(RedirectKind redirectKind) {
      trackingLink().setRedirectKind(redirectKind);
      Requests.addPath(request.getUpdateMaskBuilder(), "redirect_kind");
      return this;
    }

    /**
     * If true, the visitor's query parameters except sub ids are added to the destination, unless
     * it already has a parameter of that name.
     */
    public UpdateParams queryPassThrough(boolean queryPassThrough) {
      trackingLink().setQueryPassThrough(queryPassThrough);
      Requests.addPath(request.getUpdateMaskBuilder(), "query_pass_through");
      return this;
    }

    /** Time from which visitors get the fallback destination. Not set: never. */
    public UpdateParams expireTime(Instant expireTime) {
      trackingLink().setExpireTime(Times.message(expireTime));
      Requests.addPath(request.getUpdateMaskBuilder(), "expire_time");
      return this;
    }

    /** Clears the field: time from which visitors get the fallback destination. Not set: never. */
    public UpdateParams clearExpireTime() {
      trackingLink().clearExpireTime();
      Requests.addPath(request.getUpdateMaskBuilder(), "expire_time");
      return this;
    }

    /**
     * URL that visitors are sent to once the link has expired or is archived; same form as {@code
     * destination}. Empty: they get HTTP 410.
     */
    public UpdateParams fallbackDestination(String fallbackDestination) {
      trackingLink().setFallbackDestination(fallbackDestination);
      Requests.addPath(request.getUpdateMaskBuilder(), "fallback_destination");
      return this;
    }

    /**
     * Id of the partner who is owed a share of the link's conversions. Empty: the conversions are
     * owed to nobody. Once set, it never changes. Conversions that were recorded before it was set
     * are owed to nobody.
     */
    public UpdateParams partnerId(String partnerId) {
      trackingLink().setPartnerId(partnerId);
      Requests.addPath(request.getUpdateMaskBuilder(), "partner_id");
      return this;
    }

    /**
     * The partner's share. Not set: all of the commission. A change applies to conversions that are
     * recorded later.
     */
    public UpdateParams partnerShare(PartnerShare partnerShare) {
      trackingLink().setPartnerShare(partnerShare);
      Requests.addPath(request.getUpdateMaskBuilder(), "partner_share");
      return this;
    }

    /**
     * Clears the field: the partner's share. Not set: all of the commission. A change applies to
     * conversions that are recorded later.
     */
    public UpdateParams clearPartnerShare() {
      trackingLink().clearPartnerShare();
      Requests.addPath(request.getUpdateMaskBuilder(), "partner_share");
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UpdateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private TrackingLink.Builder trackingLink() {
      return request.getTrackingLinkBuilder();
    }

    UpdateTrackingLinkRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code archive}. */
  public static final class ArchiveParams {
    private final ArchiveTrackingLinkRequest.Builder request =
        ArchiveTrackingLinkRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ArchiveParams() {}

    /** Id of the link. Required. */
    public ArchiveParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public ArchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    ArchiveTrackingLinkRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code unarchive}. */
  public static final class UnarchiveParams {
    private final UnarchiveTrackingLinkRequest.Builder request =
        UnarchiveTrackingLinkRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UnarchiveParams() {}

    /** Id of the link. Required. */
    public UnarchiveParams trackingLinkId(String trackingLinkId) {
      request.setTrackingLinkId(trackingLinkId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UnarchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    UnarchiveTrackingLinkRequest toRequest() {
      return request.build();
    }
  }
}
