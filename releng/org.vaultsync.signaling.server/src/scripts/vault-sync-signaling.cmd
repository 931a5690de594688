@rem SPDX-License-Identifier: EPL-2.0
@java -Xmx512m -cp "%~dp0lib\*" org.vaultsync.signaling.Main %*
