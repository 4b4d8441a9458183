# Two of the house's nets, built for each module: headers that stand alone, and archives that link with no more
# than their declared uses. The tests that plant a violation for each are in tests/house.
include_guard(GLOBAL)

add_custom_target(house_headers)
add_custom_target(house_links)

# Every public header in a translation unit of its own, twice, so that a missing guard shows too. The include
# roots are those of the module and its uses, no others. Unoptimised: only the front end's verdict counts.
function(house_net_headers name target root)
    file(GLOB_RECURSE headers RELATIVE "${root}" CONFIGURE_DEPENDS "${root}/*.hpp")
    set(units "")
    foreach(header IN LISTS headers)
        string(REGEX REPLACE "[/.]" "_" stem "${header}")
        set(unit "${PROJECT_BINARY_DIR}/headers/${name}/${stem}.cpp")
        file(CONFIGURE OUTPUT "${unit}" CONTENT "#include <@header@>\n#include <@header@>\n" @ONLY)
        list(APPEND units "${unit}")
    endforeach()
    if(units)
        add_library(headers_${name} OBJECT ${units})
        target_compile_options(headers_${name} PRIVATE -O0 -g0)
        target_link_libraries(headers_${name} PRIVATE house_flags ${target})
        add_dependencies(house_headers headers_${name})
    endif()
endfunction()

# A static archive hides an undeclared use as long as some other library brings the symbol; here nothing does.
function(house_net_link name target sources)
    set(main "${PROJECT_BINARY_DIR}/links/main.cpp")
    file(CONFIGURE OUTPUT "${main}" CONTENT "int main() {}\n")
    add_executable(house_link_${name} "${main}")
    set_target_properties(house_link_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/links")
    if(sources)
        target_link_libraries(house_link_${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${target}>")
    else()
        target_link_libraries(house_link_${name} PRIVATE ${target})
    endif()
    add_dependencies(house_links house_link_${name})
endfunction()
