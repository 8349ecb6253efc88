// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.GetPresetRequest;
import io.s2s.sdk.v1.GetPresetResponse;
import io.s2s.sdk.v1.ListPresetsRequest;
import io.s2s.sdk.v1.ListPresetsResponse;
import io.s2s.sdk.v1.Preset;
import io.s2s.sdk.v1.PresetServiceGrpc;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reads presets: the names and macros that each network uses, so that nobody has to look them up.
 * Presets are the same for every account; they come with the server and can't be changed.
 */
public final class Presets {
  private final Calls calls;

  Presets(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Presets withTimeout(Duration timeout) {
    return new Presets(calls.withTimeout(timeout));
  }

  /**
   * Lists all presets, sorted by id.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Preset> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists all presets, sorted by id.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Preset> list(ListParams params) {
    ListPresetsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                PresetServiceGrpc.getListPresetsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPresetsResponse::getPresetsList,
        ListPresetsResponse::getNextPageToken);
  }

  /**
   * Lists all presets, sorted by id.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Preset> list() {
    return list(new ListParams());
  }

  /**
   * Returns one preset.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPresetResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one preset.
   *
   * @throws S2sException if the call fails
   */
  public GetPresetResponse get(GetParams params) {
    return calls.unary(PresetServiceGrpc.getGetPresetMethod(), params.toRequest());
  }

  /**
   * Returns one preset.
   *
   * @param presetId Id of the preset. Example: {@code everflow}.
   * @throws S2sException if the call fails
   */
  public GetPresetResponse get(String presetId) {
    return get(new GetParams().presetId(presetId));
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListPresetsRequest.Builder request = ListPresetsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of presets to return, 1 to 1,000. 0 means 50; larger values are read as 1,000.
     * A page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    ListPresetsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetPresetRequest.Builder request = GetPresetRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the preset. Example: {@code everflow}. Required. */
    public GetParams presetId(String presetId) {
      request.setPresetId(presetId);
      return this;
    }

    GetPresetRequest toRequest() {
      return request.build();
    }
  }
}
