@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Starts Penstock from an unpacked release. PENSTOCK_JAVA_HOME or JAVA_HOME names a JDK 25 or newer.
setlocal
for %%I in ("%~dp0..") do set "PENSTOCK_HOME=%%~fI"
set "PENSTOCK_JAVA=java"
if exist "%JAVA_HOME%\bin\java.exe" set "PENSTOCK_JAVA=%JAVA_HOME%\bin\java.exe"
if exist "%PENSTOCK_HOME%\runtime\bin\java.exe" set "PENSTOCK_JAVA=%PENSTOCK_HOME%\runtime\bin\java.exe"
if exist "%PENSTOCK_JAVA_HOME%\bin\java.exe" set "PENSTOCK_JAVA=%PENSTOCK_JAVA_HOME%\bin\java.exe"
set "PENSTOCK_OPTIONS="
if exist "%PENSTOCK_HOME%\conf\jvm.options" set PENSTOCK_OPTIONS="@%PENSTOCK_HOME%\conf\jvm.options"
"%PENSTOCK_JAVA%" -XX:+UseCompactObjectHeaders -XX:+ExitOnOutOfMemoryError -XX:MaxDirectMemorySize=512m ^
  %PENSTOCK_OPTIONS% %JAVA_OPTS% %PENSTOCK_JVM_OPTS% "-Dpenstock.home=%PENSTOCK_HOME%" ^
  -cp "%PENSTOCK_HOME%\lib\*" dev.penstock.cli.Main %*
exit /b %ERRORLEVEL%
