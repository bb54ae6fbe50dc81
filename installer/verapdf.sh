#!/usr/bin/env bash
# Fetches veraPDF (MPL or GPL; run as a program of its own) from Maven Central into .venv/verapdf, once, where Java and
# Maven are; without them nothing is done. The tests of PDF/A conformance start this by themselves.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
VERSION=1.26.1
command -v java >/dev/null 2>&1 && command -v mvn >/dev/null 2>&1 || exit 0
[ "$(cat .venv/verapdf/version 2>/dev/null)" = "$VERSION" ] && exit 0
aside=$(mktemp -d .venv/verapdf-XXXXXX)
trap 'rm -rf "$aside"' EXIT
cat > "$aside/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sohoa</groupId><artifactId>verapdf</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.verapdf</groupId><artifactId>validation-model</artifactId><version>$VERSION</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B -f "$aside/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory="$PWD/$aside" >&2
printf '%s\n' "$VERSION" > "$aside/version"
chmod 755 "$aside"
rm -rf .venv/verapdf
mv "$aside" .venv/verapdf
