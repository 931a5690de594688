@echo off
rem SPDX-License-Identifier: EPL-2.0
rem Starts the server with the Java of JAVA_HOME, or the one on the path; it must be 21 or newer.
setlocal
set java=java
if defined JAVA_HOME set java=%JAVA_HOME%\bin\java
"%java%" -Xmx512m -cp "%~dp0lib\*" org.vaultsync.signaling.Main %*
exit /b %errorlevel%
