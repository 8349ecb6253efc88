package io.s2s.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClickIdsTest {
  private static final String CLICK_ID = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb";

  @Test
  void areReadInAnyDress() {
    for (String dress :
        List.of(
            CLICK_ID,
            CLICK_ID.toUpperCase(Locale.ROOT),
            " \"" + CLICK_ID + "\"\n",
            "'" + CLICK_ID + "'",
            "\u00a0\u2003" + CLICK_ID + "\u3000")) {
      assertEquals(Optional.of(CLICK_ID), ClickIds.normalise(dress), dress);
      assertTrue(ClickIds.isClickId(dress));
    }
  }

  @Test
  void haveOneForm() {
    String most = CLICK_ID.substring(1);
    for (String other :
        List.of(
            "", most, "00" + most, "i" + most, "l" + most, "O" + most, "u" + most, "é" + most)) {
      assertFalse(ClickIds.isClickId(other), other);
    }
    assertFalse(ClickIds.isClickId(CLICK_ID.replace("vf8", "v f")), "a blank within");
  }
}
