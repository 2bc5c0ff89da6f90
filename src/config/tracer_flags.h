// Tracer flags: the number that tells the managed agent how a method is to be traced.
// SPDX-License-Identifier: Apache-2.0
//
// The values are an interface of the agent (REFERENCE.md §4): second argument of
// AgentShim.GetFinishTracerDelegate.
#ifndef NR_CONFIG_TRACER_FLAGS_H
#define NR_CONFIG_TRACER_FLAGS_H

enum nr_tracer_flag {
    NR_FLAG_TRANSACTION_SEGMENT = 1 << 10,
    NR_FLAG_UNSCOPED_METRIC = 1 << 11,
    NR_FLAG_SCOPED_METRIC = 1 << 12,
    NR_FLAG_SUPPRESS_RECURSION = 1 << 13,
    NR_FLAG_CUSTOM_METRIC_NAME = 1 << 14,
    NR_FLAG_INSTANCE_METRIC_NAME = 1 << 15,  // the metric is named after the class of `this`
    NR_FLAG_LEVEL_SHIFT = 16,                // three bits
    NR_FLAG_ATTRIBUTE = 1 << 20,             // asked for by [Transaction] or [Trace]
    NR_FLAG_WEB_TRANSACTION = 1 << 21,
    NR_FLAG_OTHER_TRANSACTION = 1 << 22,
    NR_FLAG_ASYNC_METHOD = 1 << 23,
    NR_FLAG_NAMING_PRIORITY_SHIFT = 24,  // three bits
};

#endif
