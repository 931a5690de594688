@echo off
rem SPDX-License-Identifier: EPL-2.0
rem Starts Hangar, and starts it again when it asks for that. JVM options come from HANGAR_OPTS.
setlocal
set java=java
if defined JAVA_HOME set java=%JAVA_HOME%\bin\java
"%java%" -version 2>&1 | findstr /r /c:"version .2[1-9]" /c:"version .[3-9][0-9]" >nul || (
  echo Hangar needs Java 21 or newer. Install one, or name it in JAVA_HOME.>&2
  exit /b 1
)
for %%j in ("%~dp0plugins\org.eclipse.equinox.launcher_*.jar") do set launcher=%%j
:start
rem The optimizing compiler of sync, where it is installed and this Java, 25 or newer, starts with it; sync does without it otherwise.
set compiler=
if exist "%~dp0graal-compiler" set compiler=-XX:+UnlockExperimentalVMOptions -XX:+EnableJVMCI "--upgrade-module-path=%~dp0graal-compiler"
if defined compiler "%java%" -version 2>&1 | findstr /r /c:"version .2[5-9]" /c:"version .[3-9][0-9]" >nul || set compiler=
if defined compiler "%java%" %compiler% -version >nul 2>&1 || set compiler=
"%java%" --enable-native-access=ALL-UNNAMED %compiler% %HANGAR_OPTS% -jar "%launcher%" %*
if %errorlevel%==23 goto start
if %errorlevel%==24 goto start
exit /b %errorlevel%
