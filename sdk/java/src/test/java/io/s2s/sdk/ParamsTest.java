package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import io.s2s.sdk.v1.ApiKeyScope;
import io.s2s.sdk.v1.ClickFlag;
import io.s2s.sdk.v1.CustomParam;
import io.s2s.sdk.v1.ErrorReason;
import io.s2s.sdk.v1.RawPostback;
import io.s2s.sdk.v1.RecordConversionRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the requests that parameters make. */
class ParamsTest {
  @Test
  void theFieldsOfAConversionAreParameters() {
    RecordConversionRequest request =
        new Conversions.RecordParams()
            .conversionCodeId("code")
            .clickId("click")
            .value(Money.of("19.99", "EUR"))
            .commissionPercentMicros(10_000_000)
            .customParams(CustomParam.newBuilder().setKey("size").build())
            .conversionTime(Instant.ofEpochSecond(-2, 500_000_000))
            .requestId("id")
            .validateOnly(true)
            .toRequest();
    assertEquals("id", request.getRequestId());
    assertTrue(request.getValidateOnly());
    var conversion = request.getConversion();
    assertEquals("code", conversion.getConversionCodeId());
    assertEquals(19_990_000, conversion.getValue().getMicros());
    assertEquals(10_000_000, conversion.getCommissionPercentMicros());
    assertEquals("size", conversion.getCustomParams(0).getKey());
    assertEquals(-2, conversion.getConversionTime().getSeconds());
    assertEquals(500_000_000, conversion.getConversionTime().getNanos());
    assertFalse(new Conversions.RecordParams().toRequest().hasConversion());
  }

  @Test
  void alternativesExcludeEachOther() {
    var money = Money.of("1", "EUR");
    var postback = RawPostback.getDefaultInstance();
    Map<String, Runnable> clashes =
        Map.of(
            "commissionAmount and commissionPercentMicros",
            () -> new Conversions.RecordParams().commissionAmount(money).commissionPercentMicros(1),
            "commissionPercentMicros and commissionAmount",
            () -> new Conversions.RecordParams().commissionPercentMicros(1).commissionAmount(money),
            "postback and conversion",
            () -> new Conversions.RecordParams().postback(postback).clickId("x"),
            "conversion and postback",
            () -> new Conversions.RecordParams().clickId("x").postback(postback),
            "ids and filter",
            () -> new Postbacks.ReplayParams().ids("pb_1").conversionCodeId("x"),
            "target and postbackId",
            () -> new Postbacks.ExplainParams().target("/s2s").postbackId("pb_1"));
    clashes.forEach(
        (names, clash) -> {
          var error = assertThrows(IllegalArgumentException.class, clash::run);
          assertEquals("only one of " + names + " can be given", error.getMessage());
        });
    // The same one again replaces its value.
    new Postbacks.ReplayParams().ids("pb_1").ids("pb_2");
  }

  @Test
  void changesMakeTheMask() {
    var request =
        new TrackingLinks.UpdateParams()
            .id("link")
            .slug("a")
            .slug("")
            .queryPassThrough(false)
            .tags()
            .conversionCodeIds("a", "b")
            .clearExpireTime()
            .validateOnly(true)
            .toRequest();
    var mask =
        FieldMask.newBuilder()
            .addPaths("slug")
            .addPaths("query_pass_through")
            .addPaths("tags")
            .addPaths("conversion_code_ids")
            .addPaths("expire_time")
            .build();
    assertEquals(mask, request.getUpdateMask());
    assertEquals("link", request.getTrackingLink().getId());
    assertEquals("", request.getTrackingLink().getSlug());
    assertEquals(List.of("a", "b"), request.getTrackingLink().getConversionCodeIdsList());
    assertFalse(request.getTrackingLink().hasExpireTime());
    assertTrue(request.getValidateOnly());

    var cleared =
        new ConversionCodes.UpdateParams()
            .attributionWindow(Duration.ofDays(7))
            .clearAttributionWindow()
            .toRequest();
    assertFalse(cleared.getConversionCode().hasAttributionWindow());
    assertEquals(List.of("attribution_window"), cleared.getUpdateMask().getPathsList());
    assertFalse(new Accounts.UpdateParams().id("x").toRequest().hasUpdateMask());
  }

  @Test
  void valuesAreThoseOfJava() {
    var click =
        new Clicks.RecordParams()
            .subIds(Map.of("sub1", "a", "sub2", "b"))
            .subIds(Map.of("sub1", "mail"))
            .flags(ClickFlag.CLICK_FLAG_BOT, ClickFlag.CLICK_FLAG_PREVIEW)
            .toRequest();
    assertEquals(Map.of("sub1", "mail"), click.getSubIdsMap());
    assertEquals(2, click.getFlagsCount());
    var key =
        new ApiKeys.CreateParams()
            .scopes(List.of(ApiKeyScope.API_KEY_SCOPE_ADMIN))
            .scopes(ApiKeyScope.API_KEY_SCOPE_READ)
            .toRequest();
    assertEquals(List.of(ApiKeyScope.API_KEY_SCOPE_READ), key.getApiKey().getScopesList());
    ByteString bytes = ByteString.copyFrom(new byte[] {(byte) 0xc3, (byte) 0xa9});
    assertEquals(bytes, new Postbacks.ExplainParams().target("é").toRequest().getTarget());
    assertEquals(
        bytes, new Postbacks.ExplainParams().target(bytes.toByteArray()).toRequest().getTarget());
    var replay = new Postbacks.ReplayParams().ids(List.of("a", "b")).toRequest();
    assertEquals(List.of("a", "b"), replay.getIds().getIdsList());
    var list = new Postbacks.ListParams().reason(Reason.CODE_NOT_ON_LINK).pageSize(7).toRequest();
    assertEquals(ErrorReason.ERROR_REASON_CODE_NOT_ON_LINK, list.getFilter().getReason());
    assertEquals(7, list.getPageSize());
    // The request would mean postbacks with any reason.
    assertThrows(
        IllegalArgumentException.class, () -> new Postbacks.ListParams().reason(Reason.UNKNOWN));
  }

  @Test
  void itemsOfABatchHaveTheirOwnParameters() {
    var sale = new Conversions.RecordParams().transactionId("1");
    var params = new Conversions.BatchRecordParams().requests(sale, sale.transactionId("2"));
    assertEquals(
        List.of("2", "2"),
        params.toRequest().getRequestsList().stream()
            .map(item -> item.getConversion().getTransactionId())
            .toList());
  }

  @Test
  void timesAndDurationsAreReadBack() {
    for (Instant time :
        List.of(Instant.EPOCH, Instant.ofEpochSecond(1, 2), Instant.ofEpochSecond(-1, 2))) {
      assertEquals(time, Times.instant(Times.message(time)));
    }
    for (Duration duration :
        List.of(
            Duration.ZERO, Duration.ofDays(7), Duration.ofMillis(1_500), Duration.ofMillis(-500))) {
      var message = Times.message(duration);
      assertTrue(Long.signum(message.getSeconds()) * message.getNanos() >= 0, message::toString);
      assertEquals(duration, Times.duration(message));
    }
  }
}
