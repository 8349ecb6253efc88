#!/bin/sh
# Tests the package: a fresh project, which uses nothing of this folder except the packages in dist,
# runs all code of the README. Run this through s2s-journey, which starts the server.
set -eu
version=$1
here=$(cd "$(dirname "$0")" && pwd)
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
maven="mvn --batch-mode --no-transfer-progress -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"

# Most of the dependencies have been downloaded for the SDK already.
user_repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}

dist=$here/dist/s2s-sdk-$version
cd "$project"
$maven org.apache.maven.plugins:maven-deploy-plugin:3.1.4:deploy-file \
	-Durl="file://$project/repository" -DpomFile="$dist.pom" -Dfile="$dist.jar" \
	-Dsources="$dist-sources.jar" -Djavadoc="$dist-javadoc.jar"

# block LANGUAGE NUMBER: prints one of the README's blocks.
block() {
	awk -v "fence=\`\`\`$1" -v "number=$2" '
		$0 == "```" { inside = 0 }
		inside && count == number { print }
		$0 == fence { inside = 1; count++ }' "$here/README.md"
}
mkdir -p src/main/java
block java 1 >src/main/java/FirstConversion.java
# The other blocks are statements, which use the client and what the beginning of this method makes.
cat >src/main/java/Others.java <<'JAVA'
import com.google.protobuf.ByteString;
import io.s2s.sdk.*;
import io.s2s.sdk.Money;
import io.s2s.sdk.v1.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

class Others {
  public static void main(String[] arguments) throws Exception {
    try (S2sClient client = S2sClient.create()) {
      var code = client.conversionCodes().create(p -> p.name("Sale")).getConversionCode();
      String codeId = code.getId();
      String destination = "https://shop.example/?s1=[s2sidentifier]";
      var link =
          client.trackingLinks()
              .create(p -> p.destination(destination).conversionCodeIds(codeId))
              .getTrackingLink();
      String linkId = link.getId();
      String clickId = client.clicks().record(linkId).getClick().getId();
      String secret = client.conversionCodes().rotatePostbackSecret(codeId).getSecret();
      Conversions.RecordParams sale =
          new Conversions.RecordParams()
              .conversionCodeId(codeId).clickId(clickId).value(Money.of("19.99", "EUR"));
JAVA
count=$(grep -c '^```java$' "$here/README.md")
for number in $(seq 2 "$count"); do
	block java "$number"
done >>src/main/java/Others.java
cat >>src/main/java/Others.java <<'JAVA'
      if (!genuine || approved.size() != 1 || !click.get().getClick().getId().equals(clickId)) {
        throw new AssertionError(signedUrl + approved + click);
      }
    }
  }
}
JAVA
# The README's project, and the repositories and plugins that are here already.
block xml 1 | sed '$d' >pom.xml
cat >>pom.xml <<POM
  <repositories>
    <repository><id>built</id><url>file://$project/repository</url></repository>
    <repository><id>cache</id><url>file://$user_repository</url></repository>
  </repositories>
  <pluginRepositories>
    <pluginRepository><id>cache</id><url>file://$user_repository</url></pluginRepository>
  </pluginRepositories>
  <build>
    <plugins>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
      <plugin><artifactId>maven-dependency-plugin</artifactId><version>3.11.0</version></plugin>
    </plugins>
  </build>
</project>
POM

# The README's project and commands as they are, except for the folder of the package and the key. Uses a copy of the
# user's repository, because the first command installs the package.
cp -r "$user_repository" copy
mkdir -p readme/src/main/java
cp src/main/java/FirstConversion.java readme/src/main/java
block xml 1 >readme/pom.xml
block sh 1 | sed -e "s#…/sdk/java#$here#" -e "s#S2S_API_KEY=s2s_… #S2S_API_KEY=\$S2S_JOURNEY_KEY #" >readme/commands.sh
(cd readme && MAVEN_OPTS="-Dmaven.repo.local=$project/copy" S2S_ENDPOINT=$S2S_JOURNEY_URL sh -eu commands.sh) >output
cat output
test "$(grep -c '^conv_.*: value 19.99 EUR, commission 2.50 EUR$' output)" = 1

# Use a separate local repository, because the user's repository may keep the package of an earlier
# run.
$maven -Dmaven.repo.local="$project/local" compile dependency:build-classpath \
	-Dmdep.outputFile=classpath
export S2S_API_KEY="$S2S_JOURNEY_KEY" S2S_ENDPOINT="$S2S_JOURNEY_URL"
classpath=target/classes:$(cat classpath)
java -cp "$classpath" Others >output 2>&1 || { cat output; exit 1; }
cat output
# The only sale counts once, in a batch and in a stream, and the postback lacks its amounts.
test "$(grep -c '^counted conv_' output)" = 1
test "$(grep -c '^RESPONSE$' output)" = 1
# A live stream begins with a heartbeat.
test "$(grep -c '^HEARTBEAT$' output)" = 1
test "$(grep -c '^pb_.*`val`' output)" = 1
test "$(wc -l <output)" = 4
