// What the public API of New Relic's agent is redirected to, by method name and parameter types.
// SPDX-License-Identifier: Apache-2.0
// Callable from any thread; nothing here throws. Metrics, counters and noticed errors appear in the
// report; there are no transactions, attributes or browsers here, so the rest does nothing.
using System;
using System.Collections.Generic;

namespace NewRelic.Agent.Core;

public static class AgentApi
{
    /// <summary>Writes report.txt and trace.json now; returns the path of the report, or null when
    /// nothing was recorded or the files could not be written.</summary>
    public static string? WriteReport() => Output.Write();

    public static void RecordMetric(string name, float value) => Note("metric", name, value);
    public static void RecordResponseTimeMetric(string name, long millis) => Note("response time, ms", name, millis);
    public static void IncrementCounter(string name) => Note("counter", name, 1);

    public static void NoticeError(Exception exception) => NoteError(exception);
    public static void NoticeError(Exception exception, IDictionary<string, string>? customAttributes) => NoteError(exception);
    public static void NoticeError(Exception exception, IDictionary<string, object>? customAttributes) => NoteError(exception);
    public static void NoticeError(string message, IDictionary<string, string>? customAttributes) => NoteError(message);
    public static void NoticeError(string message, IDictionary<string, string>? customAttributes, bool isExpected) => NoteError(message);
    public static void NoticeError(string message, IDictionary<string, object>? customAttributes) => NoteError(message);
    public static void NoticeError(string message, IDictionary<string, object>? customAttributes, bool isExpected) => NoteError(message);

    public static void RecordCustomEvent(string eventType, IEnumerable<KeyValuePair<string, object>> attributes) { }
    public static void AddCustomParameter(string key, IConvertible value) { }
    public static void AddCustomParameter(string key, string value) { }
    public static void SetTransactionName(string? category, string name) { }
    public static void SetTransactionUri(Uri uri) { }
    public static void SetUserParameters(string? userName, string? accountName, string? productName) { }
    public static void IgnoreTransaction() { }
    public static void IgnoreApdex() { }
    public static string GetBrowserTimingHeader() => "";
    public static string GetBrowserTimingHeader(string nonce) => "";
    public static string GetBrowserTimingFooter() => "";
    public static void DisableBrowserMonitoring(bool overrideManual = false) { }
    public static void StartAgent() { }
    public static void SetApplicationName(string applicationName, string? applicationName2 = null, string? applicationName3 = null) { }
    public static IEnumerable<KeyValuePair<string, string>> GetRequestMetadata() => [];
    public static IEnumerable<KeyValuePair<string, string>> GetResponseMetadata() => [];
    public static void SetErrorGroupCallback(Func<IReadOnlyDictionary<string, object>, string> callback) { }
    public static void SetLlmTokenCountingCallback(Func<string, string, int> callback) { }
    public static void RecordLlmFeedbackEvent(string traceId, object rating, string category = "", string message = "",
        IDictionary<string, object>? metadata = null) { }
    public static void InitializePublicAgent(object publicAgent) { }

    private static void NoteError(Exception? exception) => Note("error", exception == null ? "" : Errors.NameOf(exception), 1);
    private static void NoteError(string? message) => Note("error", message, 1);

    private static void Note(string kind, string? name, double value) => ThreadLog.Unrecorded(() =>
    {
        Output.Start();
        Counters.Add(kind, name, value);
    });
}
