// centralita-sla-timer: the alarm of all SLA clocks, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/rpc/server.h"
#include "centralita/sla_timer/app.h"
#include "centralita/sla_timer/watched_calendars.h"

int main(int argc, char** argv) {
  using namespace centralita;
  sla_timer::SlaTimerOptions options;
  std::unique_ptr<sla_timer::WatchedCalendars> calendars;
  std::unique_ptr<sla_timer::SlaTimerApp> timer;
  rpc::ServerOptions server_options;
  std::unique_ptr<rpc::Server> server;
  const auto bind = [&](config::Config& config) {
    config.Add("sla_timer", "The alarm of all clocks.")
        .Add("resend_after", options.resend_after,
             "An alarm that no event has confirmed is sent again after so long, then after twice "
             "that, "
             "up to 60 times that.",
             config::AtLeast(base::Duration(100)))
        .Add("max_attempts", options.max_attempts, "How often at most.", config::Between(1, 127))
        .Add("grpc_port", server_options.port,
             "gRPC: which timers there are, what is due next; 0 takes a free one.");
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    server_options.host = with.host;
    calendars = std::make_unique<sla_timer::WatchedCalendars>(with.policy);
    ABSL_ASSIGN_OR_RETURN(timer,
                          sla_timer::SlaTimerApp::Create(options, {.log = with.log,
                                                                   .store = with.store,
                                                                   .clock = with.clock,
                                                                   .calendars = *calendars,
                                                                   .access = *calendars,
                                                                   .metrics = with.metrics}));
    ABSL_RETURN_IF_ERROR(timer->Start());
    ABSL_ASSIGN_OR_RETURN(server, rpc::Server::Start(server_options, {&timer->service()}));
    with.logger.Info("timers_served", {{"port", server->port()}});
    return absl::OkStatus();
  };
  return app::RunClusterService(
      {.name = "centralita-sla-timer",
       .about = "Sends an alarm when an SLA clock is about to run out, or has."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return timer->Health(); },
       .ready = [] { return absl::OkStatus(); },
       .drain =
           [&](base::Duration limit) {
             server->Drain(base::Duration(1000)).IgnoreError();
             return timer->Drain(limit);
           },
       .close =
           [&] {
             server.reset();
             timer.reset();
             calendars.reset();
           }});
}
