# The walls. Arrows go down only; a dependency that breaks this stops the configuration, and since each library has
# its own include root, an include that breaks it does not compile.
#
#   0 proto  1 base  2 config, telemetry, sqlite  3 text, timer, policy, sla  4 route, dispatch
#   5 eventlog, store, rpc, http, calendar  6 stage  7 app  8 services  9 tools, tests
#
# Pure libraries (model, text, timer, policy, sla, route, dispatch) may use each other downwards, and no database; adapters never
# each other; a service never another.
set(CENTRALITA_LAYER_proto 0)
set(CENTRALITA_LAYER_base 1)
set(CENTRALITA_LAYER_config 2)
set(CENTRALITA_LAYER_telemetry 2)
set(CENTRALITA_LAYER_sqlite 2)
set(CENTRALITA_LAYER_model 3)
set(CENTRALITA_LAYER_text 3)
set(CENTRALITA_LAYER_timer 3)
set(CENTRALITA_LAYER_sla 3)
set(CENTRALITA_LAYER_policy 3)
set(CENTRALITA_LAYER_route 4)
set(CENTRALITA_LAYER_dispatch 4)
set(CENTRALITA_LAYER_eventlog 5)
set(CENTRALITA_LAYER_store 5)
set(CENTRALITA_LAYER_rpc 5)
set(CENTRALITA_LAYER_http 5)
set(CENTRALITA_LAYER_calendar 5)
set(CENTRALITA_LAYER_stage 6)
set(CENTRALITA_LAYER_app 7)

set(CENTRALITA_PURE model text timer policy sla route dispatch)
set(CENTRALITA_ADAPTERS eventlog store rpc http calendar)

function(centralita_check_layers library)
  set(rank ${CENTRALITA_LAYER_${library}})
  if(NOT DEFINED CENTRALITA_LAYER_${library})
    message(FATAL_ERROR "libs/${library} has no layer; give it one in cmake/Layers.cmake.")
  endif()
  foreach(dep IN LISTS ARGN)
    set(dep_rank ${CENTRALITA_LAYER_${dep}})
    if(NOT DEFINED CENTRALITA_LAYER_${dep})
      message(FATAL_ERROR "libs/${library} depends on '${dep}', which is no library of libs/.")
    endif()
    if(dep_rank GREATER rank)
      message(FATAL_ERROR "libs/${library} (layer ${rank}) must not depend on libs/${dep} (layer ${dep_rank}).")
    endif()
    if(library IN_LIST CENTRALITA_ADAPTERS AND dep IN_LIST CENTRALITA_ADAPTERS)
      message(FATAL_ERROR "libs/${library}: an adapter must not depend on another adapter (${dep}).")
    endif()
    if(library IN_LIST CENTRALITA_PURE AND (dep IN_LIST CENTRALITA_ADAPTERS OR dep STREQUAL "sqlite"))
      message(FATAL_ERROR "libs/${library} is pure; it must not depend on ${dep}.")
    endif()
  endforeach()
endfunction()
