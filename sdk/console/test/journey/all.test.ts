// One journey for each screen, against a real server.

import "./watch.ts";
import "./setup.ts";
import "./money.ts";
import "./account.ts";
import "./reports.ts";
