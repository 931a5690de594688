@echo off
rem SPDX-License-Identifier: EPL-2.0
rem Starts Hangar, and starts it again when it asks for that. JVM options come from HANGAR_OPTS.
setlocal
set java=java
if defined JAVA_HOME set java=%JAVA_HOME%\bin\java
for %%j in ("%~dp0plugins\org.eclipse.equinox.launcher_*.jar") do set launcher=%%j
:start
"%java%" --enable-native-access=ALL-UNNAMED %HANGAR_OPTS% -jar "%launcher%" %*
if %errorlevel%==23 goto start
if %errorlevel%==24 goto start
exit /b %errorlevel%
