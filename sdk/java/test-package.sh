#!/bin/sh
# Tests the package: a fresh project, which uses nothing of this folder except the packages in dist, records a first
# conversion with the README's code. Run this through s2s-journey, which starts the server.
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
$maven org.apache.maven.plugins:maven-deploy-plugin:3.1.4:deploy-file -Durl="file://$project/repository" \
	-DpomFile="$dist.pom" -Dfile="$dist.jar" -Dsources="$dist-sources.jar" -Djavadoc="$dist-javadoc.jar"

# block LANGUAGE NUMBER: prints one of the README's blocks.
block() {
	awk -v "fence=\`\`\`$1" -v "number=$2" '
		$0 == "```" { inside = 0 }
		inside && count == number { print }
		$0 == fence { inside = 1; count++ }' "$here/README.md"
}
mkdir -p src/main/java
block java 1 >src/main/java/FirstConversion.java
{
	echo "import io.s2s.sdk.S2sException;"
	echo "class Advice {"
	block java 2
	echo "}"
} >src/main/java/Advice.java
cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop.example</groupId>
  <artifactId>shop</artifactId>
  <version>1</version>
  <properties>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    <maven.compiler.release>17</maven.compiler.release>
  </properties>
  <repositories>
    <repository><id>built</id><url>file://$project/repository</url></repository>
    <repository><id>cache</id><url>file://$user_repository</url></repository>
  </repositories>
  <pluginRepositories>
    <pluginRepository><id>cache</id><url>file://$user_repository</url></pluginRepository>
  </pluginRepositories>
  <dependencies>
$(block xml 1)
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
      <plugin><artifactId>maven-dependency-plugin</artifactId><version>3.11.0</version></plugin>
    </plugins>
  </build>
</project>
POM

# Use a separate local repository, because the user's repository may keep the package of an earlier run.
$maven -Dmaven.repo.local="$project/local" compile dependency:build-classpath -Dmdep.outputFile=classpath
java -cp "target/classes:$(cat classpath)" FirstConversion "$S2S_JOURNEY_KEY" "$S2S_JOURNEY_URL" >output
cat output
test "$(grep -c '^conv_.*: value 19.99, commission 2.5$' output)" = 1
